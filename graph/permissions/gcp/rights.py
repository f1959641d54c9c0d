"""One principal's steps in Google Cloud: what it administers, whom it can become, what it can read, change and call."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from graph.model import Asset, Relationship, Verdict
from graph.permissions.decision import Decision
from graph.permissions.edges import edge, proofs_of, verdict_of
from graph.permissions.gcp.members import EVERYBODY, SIGNED_IN, spelled
from graph.permissions.gcp.places import PROJECT, Line
from graph.permissions.gcp.targets import ACCOUNT, Targets
from graph.permissions.gcp.ways import ACT_AS, Way, administrator, ways
from graph.permissions.gcp.world import Grant, World
from graph.permissions.question import IMPLICIT
from graph.permissions.techniques import fill

_ORDER = {Verdict.YES: 0, Verdict.UNDECIDED: 1, Verdict.NO: 2}
_FEW = 8  # accounts that are joined one by one; more go through a hub
_NOTHING = Decision(word=IMPLICIT, layer="allow policy")
Found = tuple[Asset, list[Decision]]


class Rights:
    """What one principal's grants lead to."""

    def __init__(self, world: World, targets: Targets, principal: Asset) -> None:
        self.world = world
        self.targets = targets
        self.principal = principal
        acting = world.members.acting(principal.id)
        anybody = spelled(principal.id) in {EVERYBODY, SIGNED_IN}
        self._each_by_itself = anybody or world.looks_at_resources
        self._grants = {
            holder: kept
            for holder, rows in world.grants(acting).items()
            if (kept := tuple(row for row in rows if not _is_said_elsewhere(row, anybody=anybody)))
        }
        self._known: dict[tuple[str, Any], Decision] = {}
        self._holders: dict[str, frozenset[str]] = {}

    def edges(self) -> Iterator[Asset | Relationship]:
        """Administration first; inside what is administered nothing more is said."""
        if not self._grants:
            return
        administered: set[str] = set()
        needed = [(name,) for name in administrator()]
        for project in sorted(self.within(needed, (PROJECT,)) or ()):
            if found := self._administers(project):
                yield found
                if found.verdict is Verdict.YES:
                    administered.add(project)
        for way in ways():
            yield from self._way(way, administered)

    def _administers(self, project: str) -> Relationship | None:
        line = self.world.places.line(project)
        decisions = [self.decide(name, line) for name in administrator()]
        ends = (self.principal.id, "CAN_ADMIN", project)
        return edge(ends, decisions, actions=list(administrator()))

    # --- asking

    def holders(self, permission: str) -> frozenset[str]:
        """Where it is bound to a role that holds a permission, or may."""
        if permission not in self._holders:
            self._holders[permission] = frozenset(
                holder
                for holder, rows in self._grants.items()
                if any(row.binding.role.gives(permission) is not False for row in rows)
            )
        return self._holders[permission]

    def decide(self, permission: str, line: Line) -> Decision:
        """A decision; one serves for all resources that the same policies lie above, unless something looks at them."""
        held = self.holders(permission)
        above = tuple(holder for holder in line.holders if holder in held)
        if not above:
            return _NOTHING
        same: Any = (above, tuple(one for one in line.holders if self.world.book.stops_at(one)))
        if self._each_by_itself or any(
            row.binding.condition for holder in above for row in self._grants[holder]
        ):
            same = line.resource
        if (permission, same) not in self._known:
            found = self.world.decide(self.principal.id, permission, line.resource)
            self._known[permission, same] = found
        return self._known[permission, same]

    def best(self, any_of: Sequence[str], line: Line) -> Decision:
        """The alternative that is surest."""
        decisions = [self.decide(name, line) for name in any_of]
        return min(decisions, key=lambda item: _ORDER[verdict_of(item)])

    def within(self, asked: Sequence[Sequence[str]], kinds: Sequence[str]) -> set[str] | None:
        """Ids of things of some kinds for which it may have each of these; None for all of them."""
        found: set[str] | None = None
        for any_of in asked:
            holders = {holder for name in any_of for holder in self.holders(name)}
            below = self.targets.below(kinds, holders)
            found = below if found is None else found & below
        return found

    # --- ways

    def _way(self, way: Way, administered: set[str]) -> Iterator[Asset | Relationship]:
        if way.way == "agent":
            yield from self._agents(way, administered)
        elif way.way == "pool":
            yield from self._pools(way, administered)
        elif way.way == "definition":
            yield from self._definitions(way, administered)
        elif way.way == "delegate":
            yield from self._delegates(way)
        elif way.on == (ACCOUNT,):
            yield from self._accounts(way, administered)
        else:
            for asset in self._candidates(way, administered):
                yield from self._one(way, asset, self._asked(way, asset))

    def _candidates(self, way: Way, administered: set[str]) -> Iterator[Asset]:
        """Things for which it may have what a way needs, in order; nothing below what it administers."""
        ids = self.within(way.needed, way.on)
        if way.project:
            projects = self.within(way.project, (PROJECT,)) or set()
            below = self.targets.below(way.on, projects)
            ids = below if ids is None else ids & below
        ids = (ids or set()) - self.targets.below(way.on, administered) - {self.principal.id}
        for asset_id in sorted(ids):
            asset = self.world.estate.assets[asset_id]
            if not self.world.constraints.enforced(way.unless, self.targets.line(asset)):
                yield asset

    def _asked(self, way: Way, asset: Asset) -> list[Decision]:
        line = self.targets.line(asset)
        decisions = [self.best(any_of, line) for any_of in way.needed]
        if way.project:
            project = self.world.places.line(line.project)
            decisions += [self.best(any_of, project) for any_of in way.project]
        if way.act_as:
            decisions += self._acts_as(asset)
        return decisions

    def _acts_as(self, asset: Asset) -> list[Decision]:
        """actAs on every identity that the thing runs as; without one there is nothing to ask."""
        runs_as = [
            edge.target
            for edge in self.world.estate.outgoing.get(asset.id, ())
            if edge.kind == "RUNS_AS"
        ]
        accounts = [self.world.estate.assets[one] for one in runs_as]
        return [self.decide(ACT_AS, self.targets.line(account)) for account in accounts]

    def _one(
        self, way: Way, asset: Asset, decisions: Sequence[Decision], via: str = ""
    ) -> Iterator[Relationship]:
        if asset.id == self.principal.id or not decisions:
            return
        missing = [fill(way.open, {"target": asset.name})] if way.open else []
        more: dict[str, Any] = {"actions": way.actions}
        if way.technique:
            more["technique"] = way.technique
        if via:
            more["via"] = via
        found = edge((self.principal.id, way.kind, asset.id), decisions, missing=missing, **more)
        if found is not None:
            yield found

    def _accounts(self, way: Way, administered: set[str]) -> Iterator[Asset | Relationship]:
        """Service accounts one by one where they are few, else through a hub that principals share."""
        found: list[Found] = []
        for account in self._candidates(way, administered):
            decisions = self._asked(way, account)
            if all(verdict_of(item) is not Verdict.NO for item in decisions):
                found.append((account, decisions))
        if len(found) <= _FEW:
            for account, decisions in found:
                yield from self._one(way, account, decisions)
        else:
            yield from self._through_hub(way, found)

    def _through_hub(self, way: Way, found: Sequence[Found]) -> Iterator[Asset | Relationship]:
        """What is undecided stands on the way out of the hub, never on the way to it."""
        told = "\n".join(f"{a.id} {Verdict.weakest(map(verdict_of, d))}" for a, d in found)
        digest = hashlib.sha256(told.encode()).hexdigest()[:12]
        hub = Asset(
            id=f"hub:{way.technique}:{digest}",
            kind="Modelhound::IdentityHub",
            name=f"any of {len(found)} service accounts",
            properties={"actions": way.actions},
        )
        sure = [item for _, decisions in found for item in decisions if item.verdict is Verdict.YES]
        yield hub
        yield Relationship(
            source=self.principal.id,
            kind=way.kind,
            target=hub.id,
            evidence=proofs_of(sure),
            properties={"technique": way.technique, "actions": way.actions},
        )
        if self.targets.is_new(hub.id):
            for account, decisions in found:
                missing = [fill(way.open, {"target": account.name})] if way.open else []
                ends = (hub.id, way.kind, account.id)
                out = edge(ends, decisions, missing=missing, technique=way.technique)
                if out is not None:
                    yield out

    def _delegates(self, way: Way) -> Iterator[Relationship]:
        """A delegate passes the request on to whom it may mint tokens for itself."""
        for delegate in self._candidates(way, set()):
            first = self._asked(way, delegate)
            if any(verdict_of(item) is Verdict.NO for item in first):
                continue
            for account, second in self.targets.token_targets(delegate):
                yield from self._one(way, account, [*first, second], via=delegate.id)

    def _agents(self, way: Way, administered: set[str]) -> Iterator[Asset | Relationship]:
        for name in sorted((self.within(way.project, (PROJECT,)) or set()) - administered):
            number = self.world.places.number(name)
            if not number:
                continue
            line = self.world.places.line(name)
            decisions = [self.best(any_of, line) for any_of in way.project]
            for agent in self.targets.agents(way, number):
                edges = list(self._one(way, agent, decisions))
                if edges and agent.id not in self.world.estate.assets:
                    yield agent
                yield from edges

    def _pools(self, way: Way, administered: set[str]) -> Iterator[Relationship]:
        """Whoever decides which issuer a pool trusts signs in as anybody of the pool."""
        for principal, pool in self.targets.pool_principals:
            line = self.world.places.line(pool)
            stopped = self.world.constraints.enforced(way.unless, line)
            if not stopped and not administered & set(line.holders):
                decisions = [self.best(any_of, line) for any_of in way.needed]
                yield from self._one(way, principal, decisions)

    def _definitions(self, way: Way, administered: set[str]) -> Iterator[Relationship]:
        """A custom role that it holds somewhere and may rewrite where the role is kept."""
        for holder, rows in self._grants.items():
            for row in rows:
                role = row.binding.role
                if role.asset is None or role.name.startswith("roles/") or holder in administered:
                    continue
                line = self.world.places.line(role.asset.id)
                decisions = [self.best(any_of, line) for any_of in way.needed]
                scope = self.targets.scope_of(holder)
                if scope is not None and row.named.value:
                    yield from self._one(way, scope, decisions)


def _is_said_elsewhere(grant: Grant, *, anybody: bool) -> bool:
    """What everybody has, an edge of everybody says once; what a group has that nobody read, edges of the group say."""
    return grant.unread or (grant.public and not anybody)
