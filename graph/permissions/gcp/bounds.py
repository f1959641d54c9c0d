"""Principal access boundaries: which resources a principal is eligible to reach at all, whatever it is granted.

Source: Google Cloud, principal access boundary policies. Several boundaries add up: what any of them lists is within reach.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from graph.content import read_toml
from graph.permissions.decision import Decision
from graph.permissions.gcp import roles
from graph.permissions.gcp.cel import evaluate
from graph.permissions.gcp.members import Acting, Members, spelled
from graph.permissions.gcp.places import MANAGER, Line, Places
from graph.permissions.gcp.policies import Book, Boundary
from graph.permissions.gcp.scene import Asked
from graph.permissions.question import IMPLICIT, UNDECIDED
from graph.permissions.truth import NO, YES, Truth, all_of, any_of

LAYER = "principal access boundary"
_WORKSPACE = "//iam.googleapis.com/locations/global/workspace/"


class Bounds:
    """The boundaries of an estate."""

    def __init__(self, book: Book, places: Places, members: Members) -> None:
        self.boundaries = book.boundaries
        self.places = places
        self.members = members

    def decide(self, acting: Acting, line: Line, asked: Asked) -> Decision | None:
        """What stops, or may stop, the request; None where nothing does."""
        found = [(item, self._is_bound(item, acting)) for item in self.boundaries]
        sure = [item for item, truth in found if truth.value]
        maybe = [(item, truth) for item, truth in found if truth.value is None]
        bound = [*sure, *(item for item, _ in maybe)]
        if not bound or any(self._lists(item, line) for item in sure):
            return None
        # A boundary that may apply counts against the resource where it leaves it out, and for it where it lists it.
        deciding = [truth for item, truth in maybe if self._lists(item, line) is bool(sure)]
        if not sure and not deciding:
            return None
        unread = [item.policy.name for item in bound if not item.known or line.gaps]
        facts = [fact for truth in deciding for fact in truth.missing]
        facts += [f"whether {name} lists {line.resource}" for name in unread]
        outside = Truth(None, tuple(dict.fromkeys(facts))) if facts else YES
        blocked = any_of([_blocks(item.version, asked.permission) for item in bound])
        if blocked.value is False:
            return None
        return _decision(bound[0], all_of([outside, blocked]))

    def _is_bound(self, boundary: Boundary, acting: Acting) -> Truth:
        inside = self._in_set(boundary.target, acting)
        if inside.value is False or not boundary.condition:
            return inside
        facts = {
            "principal.type": f"iam.googleapis.com/{self.members.sort(acting)}",
            "principal.subject": _subject(acting),
        }
        scene = Asked(permission="", resource="", principal=facts)
        return all_of([inside, evaluate(boundary.condition, scene)])

    def _in_set(self, target: str, acting: Acting) -> Truth:
        """Principal sets are organisations, folders, projects, pools, Workspace customers."""
        if acting.kind in {"allUsers", "allAuthenticatedUsers"}:
            return NO
        if target.startswith(MANAGER):
            return self.members.lies_in(target, acting)
        if target.startswith(_WORKSPACE):
            return self.members.of_customer(target.removeprefix(_WORKSPACE), acting)
        name = "principalSet:" + target if target.startswith("//") else target
        return self.members.is_named(spelled(f"{name.rstrip('/')}/*"), acting)

    def _lists(self, boundary: Boundary, line: Line) -> bool:
        names = {self.places.canonical(name) for name in boundary.resources}
        return any(self.places.canonical(holder) in names for holder in line.holders)


def _subject(acting: Acting) -> str:
    name = acting.principal
    return name.partition("/subject/")[2] if "/subject/" in name else name.partition(":")[2]


@cache
def _table() -> Mapping[str, Any]:
    return read_toml("permissions/gcp_boundary.toml")


@lru_cache(maxsize=100_000)
def _blocks(version: str, permission: str) -> Truth:
    """Whether boundaries of an enforcement version stop a permission: those of its list and of the lists before it."""
    table = _table()
    number = int(version) if version.isdigit() else int(table["latest"])
    asked = roles.full(permission)
    lists = table["version"]
    if any(_lists(lists[each], asked) for each in lists if int(each) <= number):
        return YES
    if number <= max(map(int, lists)) and roles.service(permission) not in table["partly"]:
        return NO
    return Truth(None, (f"whether boundaries of version {version} block {permission}",))


def _lists(row: Mapping[str, Sequence[str]], permission: str) -> bool:
    return roles.named(row["blocked"], permission) and not roles.named(row["less"], permission)


def _decision(boundary: Boundary, truth: Truth) -> Decision:
    statement = boundary.policy.id
    if truth.value:
        return Decision(
            word=IMPLICIT,
            layer=LAYER,
            statement=statement,
            reason="the resource is outside every principal access boundary of the principal",
            proofs=boundary.policy.evidence[:1],
        )
    return Decision(
        word=UNDECIDED,
        layer=LAYER,
        statement=statement,
        reason=f"it depends on {', and on '.join(truth.missing)}",
        missing=truth.missing,
        proofs=boundary.policy.evidence[:1],
    )
