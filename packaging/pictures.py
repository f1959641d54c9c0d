"""Make docs/pictures from the real window on the sample estate, so that they stay true. Run by path: `make docs`.

Name pictures to make only those: `make docs ARGS="overview-dark"`.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from graph.assessment import Assessment
    from ui.main_window import MainWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: a view in a theme, narrowed by filters, with what is chosen in it."""

    name: str
    view: str
    filters: Mapping[str, str] = field(default_factory=dict)
    item: "Callable[[Assessment], str]" = lambda _assessment: ""

    @property
    def theme(self) -> str:
        """The last word of the name."""
        return self.name.rpartition("-")[2]


def _a_long_path(assessment: "Assessment") -> str:
    """The worst proved path of four steps or more, at the step before its last."""
    long = (
        f"{number}#{len(path.steps) - 2}"
        for number, path in enumerate(assessment.attack_paths)
        if len(path.steps) >= 4 and path.verdict.value == "yes"  # noqa: PLR2004 - four cards fill the width
    )
    return next(long, "")


def _a_busy_agent(assessment: "Assessment") -> str:
    """The agent that most attack paths go through."""
    from ui.facts import Facts  # noqa: PLC0415 - needs ROOT on the path

    facts = Facts(assessment)
    agents = [each for each in facts.paths_through if facts.category(each) == "agent"]
    return max(agents, key=lambda each: len(facts.paths_through[each]), default="")


SHOTS = (
    Shot(name="start-light", view="start"),
    Shot(name="overview-dark", view="overview"),
    Shot(name="attack-path-light", view="attack_paths", item=_a_long_path),
    Shot(name="findings-light", view="findings", filters={"kind": "toxic"}),
    Shot(name="inventory-light", view="inventory"),
    Shot(name="graph-paths-dark", view="graph"),
    Shot(name="graph-around-light", view="graph", item=_a_busy_agent),
    Shot(name="graph-estate-light", view="graph", filters={"show": "estate"}),
    Shot(name="access-light", view="access"),
    Shot(name="compliance-dark", view="compliance"),
    Shot(name="coverage-light", view="coverage"),
)


def main(names: Sequence[str]) -> int:
    """Make the pictures named, or all; 2 if a name is none."""
    strange = set(names) - {shot.name for shot in SHOTS}
    if strange:
        print(f"no such picture: {', '.join(sorted(strange))}", file=sys.stderr)
        return 2
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Nobody's settings and marks: the pictures are the same wherever they are made.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        for variable in ("HOME", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[variable] = home
        _make([shot for shot in SHOTS if not names or shot.name in names], Path(home))
    return 0


def _make(shots: Sequence[Shot], home: Path) -> None:
    from app.assess import open_assessment  # noqa: PLC0415 - needs ROOT on the path
    from app.sample import sample_path  # noqa: PLC0415 - likewise

    assessment = open_assessment(sample_path())
    PICTURES.mkdir(parents=True, exist_ok=True)
    for shot in shots:
        _take(assessment, shot, home / f"{shot.name}.ini")


def _take(assessment: "Assessment", shot: Shot, settings: Path) -> None:
    from ui import theme  # noqa: PLC0415 - needs ROOT on the path
    from ui.main_window import MainWindow  # noqa: PLC0415 - likewise
    from ui.pictures import start_qt, write_picture  # noqa: PLC0415 - likewise
    from ui.settings import Settings  # noqa: PLC0415 - likewise

    application = start_qt()
    theme.apply(application, shot.theme)
    window = MainWindow(Settings(settings))
    window.move(8, 8)  # no button lies under the pointer
    window.show()
    if shot.view != "start":
        window.session.show(assessment)
        window.session.go(shot.view, shot.item(assessment), **shot.filters)
    _settle(application.processEvents, window)
    write_picture(window.grab(), PICTURES / f"{shot.name}.png")
    window.close()


def _settle(process: Callable[[], None], window: "MainWindow") -> None:
    """Let what runs in the background end and everything be painted."""
    process()
    while window.operations.busy:
        process()
    for _ in range(3):
        process()
    place = window.session.place
    if place is not None:
        window.view(place.view).complete()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
