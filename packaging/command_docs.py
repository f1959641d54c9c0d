"""Write docs/command-line.md from the commands' own help, so that it stays true. Run by path: `make docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

INTRODUCTION = """\
# The command line

This page is written by `make docs` from `modelhound --help` and the help of every command.

Answers go to standard output (`--format table | json | csv`); progress and messages go to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | an error inside Modelhound; `modelhound --debug ...` shows where |
| 2 | wrong input or usage, told in one sentence |
| 3 | findings at or above `--fail-on` |
| 130 | cancelled |

## Shapes that scripts may rely on

`modelhound assess ESTATE --format json` prints one object:

| key | holds |
|---|---|
| `snapshot` | `name`, `collected_at`, `records` (how many) |
| `assets`, `relationships` | count by kind |
| `findings` | each `id`, `rule`, `kind` (posture, toxic), `title`, `severity`, `verdict` (fail, undecided), `assets`, `path` (steps), `evidence`, `missing`, `accepted` (null, or `owner`, `reason`, `until`) |
| `attack_paths` | each `entry`, `target`, `risk` (0-100), `verdict` (yes, undecided), `steps` |
| `fix_first` | the steps that carry the most risk, as steps with `breaks` (how many attack paths walk over it, and over none of the steps before it; `what-if` tells which of them have another way) |
| `coverage` | each `operation`, `provider`, `account`, `region`, `params`, `state`, `reason`, `record` |

`modelhound what-if ESTATE --cut SOURCE KIND TARGET --format json` prints `cuts`, `paths` (how many there were), `broken` (paths that
end), `rerouted` (pairs of `before` and `after`), `remaining`, and `costs`: for each thing that a cut step `rests_on` (evidence) the other
`accesses` that rest on it and fall with it.

A step is `source`, `kind`, `target`, `verdict`, `evidence`, `missing`, `properties`; evidence is `record`, `pointer` (a JSON
pointer into the record's body) and `note`. `paths` and `findings` print those arrays alone. Keys are added, never changed.

## Commands
"""


def render() -> str:
    """The page as Markdown."""
    from app.cli import cli  # noqa: PLC0415 - needs ROOT on the path

    return INTRODUCTION + "".join(_sections(cli, "modelhound", None))


def _sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    # As click itself makes it: a help option is cached with the names that its first context gives.
    settings = {**command.context_settings, "max_content_width": 110, "terminal_width": 110}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield f"\n### `{context.command_path}`\n\n```text\n{command.get_help(context).strip()}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found:
                yield from _sections(found, child, context)


if __name__ == "__main__":
    (ROOT / "docs" / "command-line.md").write_text(render(), encoding="utf-8")
