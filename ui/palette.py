"""What Ctrl+K and the asset pickers find: assets, findings and commands that hold every word typed."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ui import icons
from ui.chooser import Hit
from ui.commands import Commands
from ui.facts import Facts
from ui.session import Session

MOST = 40  # hits shown of each sort
LOOKED_AT = 2000  # hits that are put in order


def hits(words: str, session: Session, commands: Commands) -> Iterator[Hit]:
    """Commands, assets and findings that hold every word."""
    wanted = words.casefold().split()
    yield from _commands(wanted, commands)
    if session.facts is not None and wanted:
        yield from assets(wanted, session.facts, lambda asset: session.go("inventory", asset))
        yield from _findings(wanted, session, session.facts)


def assets(
    wanted: list[str], facts: Facts, action: Callable[[str], object], *, most: int = MOST
) -> Iterator[Hit]:
    """Assets whose name or id holds every word; first those whose name begins with the first one or holds them all."""
    texts = enumerate(facts.folded)
    rows = (row for row, line in texts if all(word in line for word in wanted))
    found = [facts.graph.asset(row) for row in islice(rows, LOOKED_AT)]
    found.sort(key=lambda asset: (*_far(wanted, asset.name.casefold()), len(asset.name)))
    for asset in found[:most]:
        title = facts.graph.schema.kinds[asset.kind].title
        yield Hit(
            asset.name or asset.id,
            f"{title}   {asset.account}".strip(),
            icons.kind_icon_name(asset.kind),
            lambda asset_id=asset.id: action(asset_id),  # type: ignore[misc] # the default binds the loop variable
        )


def _far(wanted: list[str], name: str) -> tuple[bool, bool]:
    return (
        bool(wanted) and not name.startswith(wanted[0]),
        not all(word in name for word in wanted),
    )


def _fits(wanted: Iterable[str], *texts: str) -> bool:
    joined = " ".join(texts).casefold()
    return all(word in joined for word in wanted)


def _commands(wanted: list[str], commands: Commands) -> Iterator[Hit]:
    for command in commands:
        if command.enabled() and command.key != "search" and _fits(wanted, command.title):
            yield Hit(
                command.title, command.shortcut, command.icon or "chevron-right", command.action
            )


def _findings(wanted: list[str], session: Session, facts: Facts) -> Iterator[Hit]:
    found = [f for f in facts.worst if _fits(wanted, f.title, f.rule)]
    for finding in found[:MOST]:
        names = facts.name(finding.assets[0]) if finding.assets else ""
        yield Hit(
            finding.title,
            f"{finding.severity.value}   {names}",
            "alert-octagon-outline",
            lambda key=finding.id: session.go("findings", key),  # type: ignore[misc] # the default binds the loop variable
        )
