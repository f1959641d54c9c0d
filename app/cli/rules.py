"""The commands `rules list | check | explain | test`."""

from collections.abc import Sequence
from pathlib import Path

import click

from app import rules as use_case
from app.cli.arguments import PATH
from app.cli.output import format_option, print_json, print_rows, say
from graph.model import UserError
from graph.rules.table import suggestion

rules_option = click.option(
    "--rules",
    "packs",
    multiple=True,
    type=PATH,
    metavar="FOLDER",
    help="Rules of your own as well: a folder of TOML files; may be given several times.",
)
pack_argument = click.argument("packs", nargs=-1, type=PATH, metavar="FOLDER")


@click.group("rules")
def rules() -> None:
    """The rules: what there is, what one means, and whether those of your own hold together.

    \b
    Example:
      modelhound rules explain TC-001
    """


@rules.command("list")
@rules_option
@format_option
def list_rules(packs: tuple[Path, ...], format_: str) -> None:
    """Every rule: id, kind, severity, frameworks, and the lists it needs.

    \b
    Examples:
      modelhound rules list
      modelhound rules list --rules my-rules/ --format json
    """
    rows = [use_case.shape(rule) for rule in use_case.choose(packs).values()]
    if format_ == "json":
        print_json(rows)
    else:
        print_rows(rows, ["id", "kind", "severity", "title"], format_=format_)


@rules.command("check")
@pack_argument
def check_rules(packs: tuple[Path, ...]) -> None:
    """Read the rules of a folder and say, by file and key, what does not hold together.

    \b
    Example:
      modelhound rules check my-rules/
    """
    if not packs:
        raise UserError("rules check: name the folder that holds the rule files")
    checked = use_case.check(packs)
    _refuse(checked.problems, "rule files do not hold together")
    say(f"{len(checked.rules)} rules hold together")


@rules.command("explain")
@click.argument("rule_id", metavar="ID")
@rules_option
def explain_rule(rule_id: str, packs: tuple[Path, ...]) -> None:
    """One rule in full: why, how to mend it, frameworks, cases.

    \b
    Example:
      modelhound rules explain TC-001
    """
    known = use_case.choose(packs)
    if rule_id not in known:
        raise UserError(f"no rule {rule_id!r}{suggestion(rule_id, known)}; see `rules list`")
    click.echo(use_case.explain(known[rule_id]))


@rules.command("test")
@pack_argument
def test_rules(packs: tuple[Path, ...]) -> None:
    """Ask every rule about its own cases: those of a folder, or the shipped ones.

    \b
    Examples:
      modelhound rules test
      modelhound rules test my-rules/
    """
    if packs:
        chosen, problems = use_case.check(packs)
        _refuse(problems, "rule files do not hold together")
    else:
        chosen = tuple(use_case.choose(()).values())
    _refuse(tuple(use_case.failing_cases(chosen)), "cases fail")
    say(f"{sum(len(rule.cases) for rule in chosen)} cases of {len(chosen)} rules hold")


def _refuse(problems: Sequence[str], what: str) -> None:
    """Every problem on a line of its own, then the error that ends the command."""
    if len(problems) == 1:
        raise UserError(problems[0])
    for problem in problems:
        say(problem)
    if problems:
        raise UserError(f"{len(problems)} {what}")
