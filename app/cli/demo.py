"""The command that runs the main job on the sample estate."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import display
from app.assess import assess
from app.cli.assessment import failed, print_assessment
from app.cli.output import progress_bar, say
from app.export import write_export
from app.files import make_folder
from app.sample import sample_path
from graph.snapshot import read_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.assessment import Assessment


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder for the report and the picture.",
)
@click.option("--no-window", is_flag=True, help="Never open the window.")
@click.pass_context
def demo(context: click.Context, out: Path, no_window: bool) -> None:  # noqa: FBT001 - click
    """Assess the bundled sample estate: a report, a picture, and the window where there is a display.

    \b
    Example:
      modelhound demo --out demo
    """
    make_folder(out)
    with progress_bar() as progress:
        assessment = assess(read_snapshot(sample_path()), progress=progress)
    print_assessment(assessment, "table")
    report, picture = out / "report.html", out / "attack-path.png"
    write_export(assessment, report)
    draw: Callable[[Assessment, Path], None] = context.obj["draw_picture"]
    draw(assessment, picture)
    toxic = [item.rule for item in failed(assessment) if item.kind == "toxic"]
    say(
        f"{len(assessment.attack_paths)} attack paths and {len(set(toxic))} toxic combinations, these in "
        f"{len(toxic)} places, in the sample estate"
    )
    say(f"Report:  {report.resolve()}")
    say(f"Picture: {picture.resolve()}")
    if no_window or not display.available():
        say("No window is opened here; with a display: modelhound open " + str(sample_path()))
        return
    context.exit(context.obj["show_window"]([sample_path()]))
