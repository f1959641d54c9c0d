"""Who can become which role: trust policies, with the identity side where AWS asks for it."""

from collections.abc import Iterable, Iterator, Mapping

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.access import named_outsiders
from graph.permissions.aws.decide import Decision
from graph.permissions.aws.document import Policy, Statement
from graph.permissions.aws.edges import edge
from graph.permissions.aws.holders import Holders, named_callers
from graph.permissions.aws.principals import ANONYMOUS, principal
from graph.permissions.aws.tampering import arranged
from graph.permissions.aws.world import World, somebody_in, verdict_of

_ASSUME = "sts:AssumeRole"
_CALLED = _ASSUME.lower()


def assume_edges(world: World, administrators: frozenset[str]) -> Iterator[Asset | Relationship]:
    """CAN_ASSUME from identities, outsiders and federated subjects to every role with a trust policy.

    An administrator of the role's own account needs no edge: it administers the account.
    """
    callers = dict.fromkeys(asset.id for asset in world.principals)
    roles = [
        role for role in world.estate.of_label("Role") if not role.properties.get("service_linked")
    ]
    holders = Holders(world, _ASSUME, (role.id for role in roles), callers)
    for role in roles:
        policy = world.resource_policy(role)
        if policy is None:
            continue
        for caller in _callers(world, policy, callers, holders.of(role.id)):
            same = principal(caller).account == role.account
            if caller != role.id and not (same and caller in administrators):
                decisions, more = _decided(world, caller, role, policy)
                found = edge(caller, "CAN_ASSUME", role.id, decisions, actions=[_ASSUME], **more)
                if found:
                    yield found
        yield from _federated(world, role, policy)


def _decided(
    world: World, caller: str, role: Asset, policy: Policy
) -> tuple[list[Decision], Mapping[str, list[str]]]:
    """The decision, or the decisions by which the caller first makes a condition hold, and the techniques for that."""
    decision = world.decide(_asks(world, caller), _ASSUME, role.id, role)
    asset = world.estate.assets.get(caller)
    if asset is None or verdict_of(decision) is Verdict.YES:
        return [decision], {}
    spoken = [
        item for own in (policy, *world.identity_policies(caller)) for item in own.about(_CALLED)
    ]
    way = arranged(world, asset, spoken, role)
    if way is None:
        return [decision], {}
    again = world.decide(caller, _ASSUME, role.id, role, **way.context)
    if verdict_of(again) is not Verdict.YES:
        return [decision], {}
    return [again, *way.decisions], {"after": list(way.techniques)}


def _asks(world: World, caller: str) -> str:
    """Roots of accounts outside, and everybody, stand for identities that can assume a role: they themselves cannot."""
    if caller == ANONYMOUS:
        return somebody_in("")
    known = principal(caller)
    outside = known.is_root and known.account not in world.accounts
    return somebody_in(known.account) if outside else caller


def _callers(
    world: World, policy: Policy, callers: Mapping[str, object], holders: Iterable[str]
) -> list[str]:
    """Everybody whom some Allow could mean: named ones, and where it delegates those who hold the permission."""
    found: set[str] = set()
    for statement in policy.about(_CALLED):
        if not statement.allows:
            continue
        found |= named_outsiders(statement.principal, world.accounts)
        if statement.not_principals is not None:
            found.update(callers)
        elif statement.principals is not None:
            found.update(named_callers([statement.principals], callers))
            accounts = statement.principals.accounts
            found.update(item for item in holders if principal(item).account in accounts)
    return sorted(found)


def _federated(world: World, role: Asset, policy: Policy) -> Iterator[Asset | Relationship]:
    """An outside identity that a provider vouches for; the subject it must show is on the node."""
    for statement in policy.statements:
        if not statement.allows or not isinstance(statement.principal, Mapping):
            continue
        providers = statement.principal.get("Federated", ())
        for provider in [providers] if isinstance(providers, str) else providers:
            subjects = _subjects(statement) or ["*"]
            for subject in subjects:
                yield from _subject_edges(world, role, policy, statement, str(provider), subject)


def _subject_edges(  # noqa: PLR0917 - one fact each, used once
    world: World, role: Asset, policy: Policy, statement: Statement, provider: str, subject: str
) -> Iterator[Asset | Relationship]:
    issuer = provider.partition("oidc-provider/")[2] or provider
    node = f"federated:{issuer}:{subject}"
    anybody = subject in {"*", "repo:*"} or subject.startswith("repo:*")
    yield Asset(
        id=node,
        kind="Modelhound::FederatedSubject",
        name=subject if subject != "*" else f"any subject of {issuer}",
        account=role.account,
        properties={"issuer": issuer, "subject": subject, "anybody": anybody},
        evidence=policy.proof(statement),
    )
    yield Relationship(
        source=node,
        kind="CAN_ASSUME",
        target=role.id,
        verdict=Verdict.YES,
        evidence=policy.proof(statement),
        properties={"actions": ["sts:AssumeRoleWithWebIdentity"], "subject": subject},
    )
    if provider in world.estate.assets:
        yield Relationship(
            source=provider,
            kind="CAN_ASSUME",
            target=role.id,
            evidence=policy.proof(statement),
            properties={"actions": ["sts:AssumeRoleWithWebIdentity"], "subject": subject},
        )


def _subjects(statement: Statement) -> list[str]:
    """Subject patterns that a positive condition names."""
    found: list[str] = []
    for operator, keys in statement.condition.items():
        if "Not" in operator or operator == "Null":
            continue
        for key, values in keys.items():
            if key.lower().endswith(":sub"):
                found += [values] if isinstance(values, str) else [str(value) for value in values]
    return found
