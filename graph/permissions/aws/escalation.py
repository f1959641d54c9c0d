"""Every way to become somebody else or to get more rights, as relationships that name their technique."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.asker import Asker
from graph.permissions.aws.assume import assume_edges
from graph.permissions.aws.existing import existing_edges
from graph.permissions.aws.hubs import hub_edges
from graph.permissions.aws.takeover import strengthened, strengthenings, takeover_edges

_INTO = {"CAN_ASSUME", "CAN_CREATE", "CAN_ESCALATE_TO", "CAN_EXECUTE", "CAN_MODIFY", "CAN_OPEN"}
_ON = {"CAN_PASS_ROLE", "RUNS_AS", "CAN_ESCALATE_TO"}


def escalation_edges(
    asker: Asker, administrators: frozenset[str]
) -> Iterator[Asset | Relationship]:
    """Assuming, passing, using what runs as a role, taking over, granting; administrators need none of it."""
    assumed = list(_named(assume_edges(asker.world, administrators)))
    assumable: dict[str, list[str]] = defaultdict(list)
    for item in assumed:
        if isinstance(item, Relationship):
            assumable[item.source].append(item.target)
    found: list[Asset | Relationship] = [
        *assumed,
        *hub_edges(asker, administrators),
        *existing_edges(asker, administrators),
        *takeover_edges(asker, administrators, assumable),
    ]
    yield from found
    edges = [item for item in found if isinstance(item, Relationship)]
    yield from _strengthened(asker, administrators, edges)


def _named(items: Iterable[Asset | Relationship]) -> Iterator[Asset | Relationship]:
    for item in items:
        if isinstance(item, Relationship):
            yield replace(item, properties={"technique": "sts-001", **item.properties})
        else:
            yield item


def _strengthened(
    asker: Asker, administrators: frozenset[str], edges: list[Relationship]
) -> Iterator[Relationship]:
    granted = [
        (item.source, str(item.properties.get("technique")))
        for item in edges
        if item.kind in {"CAN_GRANT", "CAN_ESCALATE_TO"} and item.verdict is Verdict.YES
    ]
    found = list(strengthenings(asker, administrators, granted))
    steps = _steps(asker, edges) if found else {}
    for item in found:
        edge = strengthened(asker, item, _obtainable(item.caller.id, steps))
        if edge:
            yield edge


def _steps(asker: Asker, edges: list[Relationship]) -> Mapping[str, list[str]]:
    sure: dict[str, list[str]] = defaultdict(list)
    for item in (*edges, *asker.estate.relationships):
        if item.verdict is Verdict.YES and item.kind in _INTO | _ON:
            sure[item.source].append(item.target)
    return sure


def _obtainable(caller: str, steps: Mapping[str, list[str]]) -> Iterator[str]:
    """What a caller can surely become in one step, or in two through a hub or what runs as a role."""
    for first in steps.get(caller, ()):
        yield first
        yield from steps.get(first, ())
