"""Who is administrator, who can become one, who might: one verdict a principal, from the steps in the graph.

The same relationships are walked as by attack paths, so graph, paths and command line cannot disagree. Clouds add theirs
by deriving them; nothing here knows a cloud. Cost: two searches backwards from the accounts, whatever the number of principals.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graph.estate import Estate
from graph.model import Asset, Evidence, Relationship, Verdict
from graph.permissions.techniques import fill, technique

PRINCIPALS = ("User", "Role", "ServicePrincipal", "ManagedIdentity", "ServiceAccount", "Group")
SCOPES = ("Account", "ResourceGroup", "Organization", "OrganizationalUnit")
ADMIN, YES, CONDITIONAL, NO, ERROR = "admin", "yes", "conditional", "no", "error"
GAINS = ("identity", "owner", "key", "secret", "data", "invoke", "role")
# What must be reached for a gain that is less than control: the last step is one of these, or gives control.
_LAST: Mapping[str, tuple[str, ...]] = {
    "key": ("CAN_LIST_KEYS", "HAS_CREDENTIAL", "CAN_DECRYPT"),
    "secret": ("CAN_READ", "HAS_CREDENTIAL", "CAN_LIST_KEYS"),
    "data": ("CAN_READ", "CAN_LIST_KEYS"),
    "invoke": ("CAN_INVOKE", "CAN_EXECUTE", "CAN_OPEN", "CAN_LIST_KEYS"),
}
_NOBODY = "anonymous"  # the node of callers without credentials
_SESSION = re.compile(r"arn:[^:]+:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.*")
_WALKED = {"identity"}  # classes of relationship, besides CONTAINS
_DOUBT, _STEP = 1_000, 1  # a path with fewer open steps is shown before a shorter one


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """One step in words. `technique` is "" where the step is a plain fact."""

    technique: str
    source: str
    target: str
    text: str
    evidence: tuple[Mapping[str, str], ...] = ()
    verdict: str = YES


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalVerdict:
    """`verdict`: admin, yes, conditional or no; `missing`: the facts that would make a conditional one a yes."""

    principal: str
    verdict: str
    steps: tuple[StepText, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairQuestion:
    """Can `principal` get `gain` of `target`? "" stands for identity of identities, owner of the rest."""

    id: Any
    principal: str
    target: str
    gain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """`verdict`: yes, conditional, no, or error with a `reason`."""

    id: Any
    verdict: str
    steps: tuple[StepText, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""


def pair_error(question_id: Any, reason: str) -> PairAnswer:
    """The answer to a question that cannot be understood."""
    return PairAnswer(id=question_id, verdict=ERROR, reason=reason)


@dataclass(frozen=True, slots=True)
class _Way:
    """The cheapest way on from a node: its cost, and the step to take (None at the goal)."""

    cost: int
    step: Relationship | None = None


@dataclass(frozen=True)
class Escalation:
    """Verdicts and answers for a derived estate."""

    estate: Estate

    def verdicts(self) -> Iterator[PrincipalVerdict]:
        """One a principal that an answer described, in order of id."""
        for asset in self.principals:
            yield self.verdict(asset.id)

    @cached_property
    def principals(self) -> tuple[Asset, ...]:
        """Users, roles, service accounts that an answer described, or that a policy need only name; groups are none."""
        return tuple(
            asset
            for asset in self.estate.of_label(*PRINCIPALS[:-1])
            if asset.properties.get("described") is not False
            or self.estate.schema.kinds[asset.kind].by_name
        )

    def verdict(self, principal: str) -> PrincipalVerdict:
        """The verdict on one principal."""
        way = self._to_scopes.get(principal)
        if way is None or way.step is None:
            return PrincipalVerdict(principal=principal, verdict=NO)
        steps = self._steps(principal, self._to_scopes)
        missing = _missing(steps)
        verdict = CONDITIONAL if _is_open(steps) else YES
        if steps[0].kind == "CAN_ADMIN" and verdict == YES:
            verdict = ADMIN
        return PrincipalVerdict(
            principal=principal,
            verdict=verdict,
            steps=self.told(steps),
            missing=missing if verdict == CONDITIONAL else (),
        )

    def told(self, steps: Sequence[Relationship]) -> tuple[StepText, ...]:
        """Steps in words, with the technique of each."""
        return tuple(text for step in steps for text in self._texts(step))

    def _texts(self, step: Relationship) -> Iterator[StepText]:
        for before in step.properties.get("after") or ():
            yield self._text(step, str(before))
        yield self._text(step, str(step.properties.get("technique") or ""))

    def _text(self, step: Relationship, technique_id: str) -> StepText:
        kind = self.estate.schema.relationships[step.kind]
        names = {"source": self._name(step.source), "target": self._name(step.target)}
        known = technique(technique_id)
        sentence = f"{names['source']} {kind.phrase} {names['target']}."
        if known:
            sentence = f"{sentence} {known.title}: {fill(known.how, names)}"
        return StepText(
            technique=technique_id,
            source=step.source,
            target=step.target,
            text=sentence,
            evidence=tuple(_shown(item) for item in step.evidence),
            verdict=step.verdict.value,
        )

    def _name(self, asset_id: str) -> str:
        asset = self.estate.assets.get(asset_id)
        return (asset.name if asset else "") or asset_id

    # --- pairs

    def answer(self, question: PairQuestion) -> PairAnswer:
        """The answer to one pair. What the snapshot does not hold leaves it open."""
        target = self.resolved(question.target)
        principal = self.resolved(question.principal)
        gain = question.gain or self._plain_gain(target)
        if gain not in GAINS:
            return pair_error(question.id, f"gain {gain!r} is none of {', '.join(GAINS)}")
        if principal == _NOBODY and principal not in self.estate.assets:
            return PairAnswer(id=question.id, verdict=NO)  # no policy lets everybody do anything
        unknown = [item for item in (principal, target) if item not in self.estate.assets]
        if unknown:
            missing = tuple(f"{item} is not in the snapshot" for item in unknown)
            return PairAnswer(id=question.id, verdict=CONDITIONAL, missing=missing)
        if principal == target:
            return PairAnswer(id=question.id, verdict=YES)
        ways = self._ways_to(target, gain)
        if principal not in ways or ways[principal].step is None:
            return PairAnswer(id=question.id, verdict=NO)
        steps = self._steps(principal, ways)
        is_open = _is_open(steps)
        return PairAnswer(
            id=question.id,
            verdict=CONDITIONAL if is_open else YES,
            steps=self.told(steps),
            missing=_missing(steps) if is_open else (),
        )

    def resolved(self, named: str) -> str:
        """The id of an asset for its id in any case, for an AWS account number, or for a session of an AWS role."""
        if named in self.estate.assets:
            return named
        if named.isdigit() and (root := f"arn:aws:iam::{named}:root") in self.estate.assets:
            return root
        session = _SESSION.fullmatch(named)
        if session:
            return self._roles.get((session["account"], session["role"]), named)
        return self._by_lower.get(named.lower(), named)

    @cached_property
    def _roles(self) -> Mapping[tuple[str, str], str]:
        """Roles by account and name: a session's ARN does not show the path."""
        return {
            (asset.account, asset.id.rpartition("/")[2]): asset.id
            for asset in self.estate.of_label("Role")
        }

    @cached_property
    def _by_lower(self) -> Mapping[str, str]:
        return {asset_id.lower(): asset_id for asset_id in self.estate.assets}

    def _plain_gain(self, target: str) -> str:
        is_known = target in self.estate.assets
        return "identity" if is_known and self.estate.label(target) in PRINCIPALS else "owner"

    def _ways_to(self, target: str, gain: str) -> Mapping[str, _Way]:
        """Ways that end in control of the target, or in a last step that is enough for the gain."""
        last = [
            step
            for step in self.estate.incoming.get(target, ())
            if step.kind in _LAST.get(gain, ()) and step.verdict is not Verdict.NO
        ]
        return self._search({target: _Way(0)}, last)

    # --- searching backwards

    @cached_property
    def _to_scopes(self) -> Mapping[str, _Way]:
        """From every node the cheapest way to administer a scope that some principal administers or may grant on."""
        scopes = {
            step.target
            for step in self.estate.relationships
            if step.kind in {"CAN_ADMIN", "CAN_GRANT", "CAN_ESCALATE_TO"}
            and self.estate.label(step.target) in SCOPES
        }
        return self._search({scope: _Way(0) for scope in sorted(scopes)}, ())

    def _search(
        self, goals: Mapping[str, _Way], last: Sequence[Relationship]
    ) -> Mapping[str, _Way]:
        """Dijkstra with two costs, by buckets: every open step costs a thousand others."""
        best = dict(goals)
        buckets: dict[int, deque[str]] = defaultdict(deque)
        for goal in goals:
            buckets[0].append(goal)
        for step in last:
            self._relax(step, 0, best, buckets)
        while buckets:
            cost = min(buckets)
            queue = buckets.pop(cost)
            for node in queue:
                if best[node].cost == cost:
                    for step in self._into.get(node, ()):
                        self._relax(step, cost, best, buckets)
        return best

    @staticmethod
    def _relax(
        step: Relationship, cost: int, best: dict[str, _Way], buckets: dict[int, deque[str]]
    ) -> None:
        there = cost + _STEP + (0 if step.verdict is Verdict.YES else _DOUBT)
        known = best.get(step.source)
        if known is None or there < known.cost:
            best[step.source] = _Way(there, step)
            buckets[there].append(step.source)

    @cached_property
    def _into(self) -> Mapping[str, list[Relationship]]:
        """Steps that take control of one thing from control of another, by target."""
        found: dict[str, list[Relationship]] = defaultdict(list)
        for step in self.estate.relationships:
            if self._gives_control(step):
                found[step.target].append(step)
        return found

    def _gives_control(self, step: Relationship) -> bool:
        kind = self.estate.schema.relationships[step.kind]
        walked = kind.attack_class in _WALKED or step.kind == "CONTAINS"
        return (
            walked
            and kind.traversable
            and kind.gives == "control"
            and step.verdict is not Verdict.NO
        )

    def _steps(self, start: str, ways: Mapping[str, _Way]) -> list[Relationship]:
        steps = []
        node = start
        while (step := ways[node].step) is not None:
            steps.append(step)
            node = step.target
        return steps


def _is_open(steps: Sequence[Relationship]) -> bool:
    return any(step.verdict is not Verdict.YES for step in steps)


def _missing(steps: Sequence[Relationship]) -> tuple[str, ...]:
    """The facts of the open steps, each once."""
    return tuple(dict.fromkeys(fact for step in steps for fact in step.missing))


def _shown(item: Evidence) -> Mapping[str, str]:
    return {"record": item.record, "pointer": item.pointer, "note": item.note}
