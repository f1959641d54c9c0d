"""Requests of techniques, asked once for all callers whose statements are the same, and with what a caller can arrange.

What can be arranged: a tag that a condition reads, an MFA device. Source: IAM User Guide, "Controlling access to AWS
resources using tags"; reference of `sts:GetSessionToken`.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from graph.model import Asset, Evidence, Scope, Verdict
from graph.permissions.aws.access import administrator_policies, read_administrator
from graph.permissions.aws.catalogue import Row, rows, rows_of
from graph.permissions.aws.decide import Decision
from graph.permissions.aws.document import Policy, Statement
from graph.permissions.aws.edges import evidence_of, missing_of
from graph.permissions.aws.organisation import SCP
from graph.permissions.aws.strength import is_plain, is_strong
from graph.permissions.aws.tampering import arranged
from graph.permissions.aws.world import World, verdict_of

_SHARED_KEYS = {"iam:passedtoservice"}  # given with the request, so the same for every caller
_ATTACHED = "iam:policyarn"
_WILD = re.compile(r"[*?$]")  # where the literal beginning of a resource ends
_PROTECTED = (":role/aws-service-role/", ":role/aws-reserved/")


class Answer(NamedTuple):
    """What some requests together say. `arranged`: techniques that made a condition hold."""

    verdict: Verdict
    missing: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    arranged: tuple[str, ...] = ()

    def and_(self, other: "Answer") -> "Answer":
        """Both must hold."""
        return Answer(
            Verdict.weakest((self.verdict, other.verdict)),
            tuple(dict.fromkeys(self.missing + other.missing)),
            tuple({(e.record, e.pointer): e for e in self.evidence + other.evidence}.values()),
            tuple(dict.fromkeys(self.arranged + other.arranged)),
        )


YES, NO = Answer(Verdict.YES), Answer(Verdict.NO)


def open_because(fact: str) -> Answer:
    """An answer that a named fact would decide."""
    return Answer(Verdict.UNDECIDED, (fact,))


class Asker:
    """Asks the world of one estate."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.estate = world.estate
        self._allowed: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._actions: dict[str, frozenset[str]] = {}
        self._possible: dict[tuple[frozenset[str], str], tuple[Row, ...]] = {}
        self._answers: dict[Any, Answer] = {}
        self._attachable: dict[str, tuple[str, ...]] = {}
        self._caller = ""
        self._statements: dict[str, tuple[tuple[Statement, ...], bool]] = {}
        self._policies: list[Policy] = []  # kept, so that the ids of their statements stay theirs

    @cached_property
    def callers(self) -> tuple[Asset, ...]:
        """Users, roles, and groups, which stand for any member."""
        return (*self.world.principals, *self.estate.of_label("Group"))

    @cached_property
    def _by_label(self) -> Mapping[tuple[str, str], list[Asset]]:
        found: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        for asset in self.estate.of_label("User", "Role", "Group"):
            if asset.properties.get("described") is not False and not _is_protected(asset):
                found[asset.account, self.estate.label(asset.id)].append(asset)
        return found

    def identities(self, account: str, label: str) -> Sequence[Asset]:
        """Identities of an account that its principals may change, in order of id."""
        return self._by_label.get((account, label), ())

    @cached_property
    def every_role(self) -> tuple[Asset, ...]:
        """Roles of every account that can be passed."""
        return tuple(
            r for (_, label), found in self._by_label.items() if label == "Role" for r in found
        )

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, str], list[Asset]]:
        found: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        for asset in self.estate.assets.values():
            if asset.properties.get("described") is not False:
                found[asset.account, asset.kind].append(asset)
        return found

    def of_kinds(self, account: str, kinds: Iterable[str]) -> Iterator[Asset]:
        """Described assets of an account."""
        for kind in kinds:
            yield from self._by_kind.get((account, kind), ())

    def unread(self, account: str, kinds: Iterable[str]) -> str:
        """Why nobody knows whether there is a thing of these kinds; "" if their lists were read."""
        for kind in kinds:
            known = self.estate.schema.kinds[kind]
            scope = Scope(provider="aws", account=account)
            for operation in known.listed_by:
                gap = self.estate.coverage.gap(operation, scope)
                if gap:
                    return f"whether something of kind {known.title} is there to use ({gap})"
        return ""

    def may(self, caller: Asset, actions: Iterable[str]) -> bool:
        """Cheap first look: some identity statement allows each action on something, and none denies it on everything."""
        return self._perhaps(caller).issuperset(actions)

    def rows(self, caller: Asset, way: str) -> tuple[Row, ...]:
        """The techniques of one way whose every action the caller may have; found once for each set of actions."""
        actions = self._perhaps(caller)
        found = self._possible.get((actions, way))
        if found is None:
            found = tuple(row for row in rows_of(way) if actions.issuperset(_needed(row)))
            self._possible[actions, way] = found
        return found

    def _perhaps(self, caller: Asset) -> frozenset[str]:
        found = self._actions.get(caller.id)
        if found is None:
            told = [self._said(policy) for policy in self.world.identity_policies(caller.id)]
            allowed = frozenset().union(*(said[0] for said in told))
            found = self._actions[caller.id] = allowed.difference(*(said[1] for said in told))
        return found

    def _said(self, policy: Policy) -> tuple[frozenset[str], frozenset[str]]:
        """Actions that a policy allows on something, and those that it denies on everything."""
        key = id(policy)
        if key not in self._allowed:
            self._policies.append(policy)
            allowing = [item for item in policy.statements if item.allows]
            denying = [item for item in policy.statements if not item.allows and is_plain(item)]
            self._allowed[key] = (_named(allowing), _named(denying))
        return self._allowed[key]

    def ask(
        self,
        caller: Asset,
        action: str,
        resource: str,
        target: Asset | None = None,
        **more: str | None,
    ) -> Answer:
        """One request; equal ones of callers with the same statements are decided once."""
        statements, shared = self._about(caller, action)
        if not shared or self._says_itself(action, target):
            return self._ask(caller, action, resource, target, **more)
        about = resource
        if action.startswith("iam:") and not any(map(_is_excluding, statements)):
            # No resource of IAM has a say of its own: which statements match decides.
            statements = tuple(item for item in statements if _may_mean(item, resource))
            about = ""
        key = (*map(id, statements), caller.account, action, about, *more.values())
        found = self._answers.get(key)
        if found is None:
            found = self._ask(caller, action, resource, target, **more)
            self._answers[key] = found
        return found

    def _says_itself(self, action: str, target: Asset | None) -> bool:
        """Whether the target has a policy of its own, which may name callers."""
        if target is None or action.startswith("iam:"):
            return False
        return self.world.resource_policy(target) is not None

    def _ask(
        self, caller: Asset, action: str, resource: str, target: Asset | None, **more: str | None
    ) -> Answer:
        decision = self.world.decide(caller.id, action, resource, target, **more)
        verdict = verdict_of(decision)
        if verdict is Verdict.YES:
            return _answer((decision,))
        if "aws:TokenIssueTime" in decision.missing and self._is_never(
            caller, action, resource, target, **more
        ):
            return NO
        if (
            any(key.lower() == _ATTACHED for key in decision.missing)
            and "iam__PolicyARN" not in more
        ):
            strong = self._strong(caller.account)
            return best(
                self._ask(caller, action, resource, target, **more, iam__PolicyARN=policy)
                for policy in strong
            )
        statements, _ = self._about(caller, action)
        way = arranged(self.world, caller, statements, target)
        if way is not None:
            again = self.world.decide(caller.id, action, resource, target, **more, **way.context)
            if verdict_of(again) is Verdict.YES:
                found = _answer((again, *way.decisions))
                return found._replace(arranged=way.techniques)
        return _answer((decision,))

    def _strong(self, account: str) -> tuple[str, ...]:
        """Policies of which any makes an administrator: the caller chooses which one to attach."""
        found = self._attachable.get(account)
        if found is None:
            own = (item for item in self.estate.of_label("Policy") if item.account == account)
            strong = [item.id for item in own if is_strong(item.properties.get("document"))]
            found = self._attachable[account] = (*administrator_policies(), *strong)
        return found

    def _is_never(
        self, caller: Asset, action: str, resource: str, target: Asset | None, **more: str | None
    ) -> bool:
        """A user's key carries no such time, and a session that it can open today does not help either."""
        now = self.estate.collected_at or self._latest
        again = self.world.decide(
            caller.id, action, resource, target, aws__TokenIssueTime=now, **more
        )
        return bool(now) and verdict_of(again) is Verdict.NO

    @cached_property
    def _latest(self) -> str:
        created = (str(item.properties.get("created") or "") for item in self.world.principals)
        return max(created, default="")

    def is_blanket(self, caller: Asset, action: str) -> bool:
        """Whether the answer is the same for every resource: all statements are about everything, unconditionally."""
        statements, shared = self._about(caller, action)
        return shared and all(map(is_plain, statements))

    def may_mean(self, caller: Asset, action: str, resource: str) -> bool:
        """Cheap: whether some Allow could be about a resource."""
        return any(
            _may_mean(item, resource) for item in self._about(caller, action)[0] if item.allows
        )

    def within(self, caller: Asset, action: str, assets: Sequence[Asset]) -> Sequence[Asset]:
        """Of assets in order of id, those that some Allow could be about; looks at these only."""
        allowing = [item for item in self._about(caller, action)[0] if item.allows]
        prefixes: set[str] = set()
        for item in allowing:
            if item.about is None or item.about.excluded:
                return assets
            prefixes |= {_WILD.split(text, maxsplit=1)[0] for text in item.about.texts}
        if "" in prefixes:
            return assets
        found: dict[str, Asset] = {}
        for prefix in sorted(prefixes):
            at = bisect_left(assets, prefix, key=_id)
            while at < len(assets) and assets[at].id.startswith(prefix):
                found[assets[at].id] = assets[at]
                at += 1
        return [item for item in found.values() if self.may_mean(caller, action, item.id)]

    def _about(self, caller: Asset, action: str) -> tuple[tuple[Statement, ...], bool]:
        """The statements about an action, and whether nothing in the answer depends on who asks."""
        if caller.id != self._caller:  # callers are asked about one after the other
            self._caller = caller.id
            self._statements = {}
        found = self._statements.get(action)
        if found is None:
            found = self._statements[action] = self._gathered(caller, action.lower())
        return found

    def _gathered(self, caller: Asset, lowered: str) -> tuple[tuple[Statement, ...], bool]:
        found: list[Statement] = []
        for policy in self.world.identity_policies(caller.id):
            found += policy.about(lowered)
        shared = not caller.properties.get("permissions_boundary") and all(map(_is_same, found))
        levels = self.world.organisation.levels(caller.account, SCP) or ()
        limits = [item for level in levels for policy in level for item in policy.about(lowered)]
        shared = shared and all(map(_is_same, limits))
        return (*found, *limits), shared

    def best_new(self, caller: Asset, action: str) -> Answer:
        """A thing that the caller makes and names itself: any resource that a statement allows will do."""
        service = action.partition(":")[0]
        some = f"arn:aws:{service}:us-east-1:{caller.account}:any/thing"
        names = [*self.new_names(caller, (action,), some), "*"]
        return best(self.ask(caller, action, name) for name in names)

    def new_names(self, caller: Asset, actions: Iterable[str], some: str) -> list[str]:
        """Names for a new thing: one of no account's choosing, and what the statements ask for."""
        names = [some]
        for action in actions:
            if not self.is_blanket(caller, action):
                for statement in self._about(caller, action)[0]:
                    if statement.allows:
                        names += [text.replace("*", "x") for text in statement.resources or ()]
        return list(dict.fromkeys(names))


def best(answers: Iterable[Answer]) -> Answer:
    """The most favourable of several answers."""
    found = NO
    for answer in answers:
        if answer.verdict is Verdict.YES:
            return answer
        if answer.verdict is Verdict.UNDECIDED and found.verdict is Verdict.NO:
            found = answer
    return found


def all_of(answers: Iterable[Answer]) -> Answer:
    """Every answer must hold; stops at the first that does not."""
    total = YES
    for answer in answers:
        if answer.verdict is Verdict.NO:
            return NO
        total = total.and_(answer)
    return total


def with_fact(answer: Answer, row: Row) -> Answer:
    """With what stays open in the technique itself."""
    return answer.and_(open_because(row.fact)) if row.fact else answer


def _answer(decisions: Sequence[Decision]) -> Answer:
    verdict = Verdict.weakest(map(verdict_of, decisions))
    if verdict is Verdict.NO:
        return NO
    return Answer(verdict, missing_of(decisions), evidence_of(decisions))


def _needed(row: Row) -> list[str]:
    """Actions that identity policies must allow: a trust policy may let a caller in without any."""
    actions = [action for action in row.actions if action != "sts:AssumeRole"]
    return [*actions, "iam:PassRole"] if row.way == "pass" else actions


def _named(statements: Sequence[Statement]) -> frozenset[str]:
    return frozenset(
        action
        for action, lowered in _every_action()
        if any(item.names(lowered) for item in statements)
    )


def _id(asset: Asset) -> str:
    return asset.id


def _may_mean(statement: Statement, resource: str) -> bool:
    return statement.about is None or statement.about.may_mean(resource)


def _is_excluding(statement: Statement) -> bool:
    return statement.about is not None and statement.about.excluded


def _is_same(statement: Statement) -> bool:
    keys = {condition.lowered for condition in statement.conditions}
    texts = statement.about.texts if statement.about is not None else ()
    return keys <= _SHARED_KEYS and not any("$" in text for text in texts)


def _is_protected(asset: Asset) -> bool:
    return any(part in asset.id for part in _PROTECTED)


@cache
def _every_action() -> tuple[tuple[str, str], ...]:
    """Every action that a technique needs, as written and in lower case."""
    named = [action for row in rows() for action in row.actions]
    return tuple(
        (action, action.lower())
        for action in dict.fromkeys([*named, *read_administrator(), "iam:PassRole"])
    )
