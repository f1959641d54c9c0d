"""Access questions: who can do this, what can they do, why not, and the table to sign off in an access review."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from app import lookup
from app.access import cloud_of
from graph.asset_graph import AssetGraph
from graph.content import read_toml
from graph.estate import Estate
from graph.model import Asset, Relationship, UserError, Verdict
from graph.paths.acting import Chain, acts_as, verdict_of_chain, who_acts_as
from graph.paths.selection import crown_jewels
from graph.permissions.aws.inquiry import Inquirer as Aws
from graph.permissions.azure.inquiry import Inquirer as Azure
from graph.permissions.gcp.inquiry import Inquirer as Gcp
from graph.permissions.inquiry import Explanation, Inquirer, OpenInquirer
from graph.permissions.question import ALLOWED, UNDECIDED, Question

CLOUDS: Mapping[str, OpenInquirer] = {"aws": Aws, "azure": Azure, "gcp": Gcp}
ADMINISTERS = "CAN_ADMIN"  # one row for the account stands for everything in it
NEVER, NOT_KNOWN = "never", "not known"
RIGHTS = ("identity", "influence")  # classes of relationships that are rights


class Holder(NamedTuple):
    """Somebody who can do what was asked; `through` are the identities on the way, none if it is granted directly."""

    principal: str
    decision: str
    through: tuple[str, ...]
    layer: str
    statement: str
    missing: tuple[str, ...]


class Right(NamedTuple):
    """One thing that a principal can do; `through` as above."""

    kind: str
    target: str
    verdict: Verdict
    through: tuple[str, ...]
    relationship: Relationship


def who_can(estate: Estate, graph: AssetGraph, action: str, resource: str) -> list[Holder]:
    """Everybody who can do an action on a resource, directly first, then through others; who surely can comes first."""
    try:
        found = {
            caller: Holder(caller, item.decision, (), item.layer, item.statement, item.missing)
            for caller, item in _opened(estate, action, resource).who_can(action, resource)
            if item.decision in {ALLOWED, UNDECIDED}
        }
    except (ValueError, TypeError) as problem:
        raise UserError(f"who-can: {problem}") from problem
    sure = [caller for caller, item in found.items() if item.decision == ALLOWED]
    for caller, chain in who_acts_as(graph, sure).items():
        if caller not in found and _is_principal(graph, caller):
            found[caller] = _indirect(caller, chain, found[chain[-1].target])
    return sorted(found.values(), key=lambda item: (item.decision != ALLOWED, len(item.through)))


def _opened(estate: Estate, action: str, resource: str) -> Inquirer:
    """The cloud of a question, by how it spells actions and resources."""
    asked = Question(id=None, principal="", action=action, resource=resource)
    return CLOUDS[cloud_of(asked)](estate)


def what_can(graph: AssetGraph, principal: str) -> list[Right]:
    """Everything that a principal can do to assets that are no identities, itself and as others."""
    chains: dict[str, Chain] = {principal: (), **acts_as(graph, principal)}
    best: dict[tuple[str, str], Right] = {}
    for identity, chain in chains.items():
        for right in _rights(graph, identity, chain):
            key = (right.kind, right.target)
            known = best.get(key)
            if known is None or (known.verdict is not Verdict.YES and right.verdict is Verdict.YES):
                best[key] = right
    return sorted(best.values(), key=lambda item: (len(item.through), item.target, item.kind))


def why(estate: Estate, principal: str, action: str, resource: str) -> Explanation:
    """The decision of one request, and everything that stops it."""
    try:
        return _opened(estate, action, resource).explain(principal, action, resource)
    except (ValueError, TypeError) as problem:
        raise UserError(f"why: {problem}") from problem


def review(graph: AssetGraph) -> Iterator[dict[str, Any]]:
    """One row for a principal and an asset to which it has rights: what, since when unused, how it comes by it."""
    targets = _review_targets(graph)
    for i in graph.nodes_of_label(*_listed()["principals"]).tolist():
        asset = graph.asset(i)
        rows: dict[str, list[Right]] = defaultdict(list)
        for right in what_can(graph, asset.id):
            if right.target in targets or right.kind == ADMINISTERS:
                rows[right.target].append(right)
        for target, rights in rows.items():
            yield _review_row(graph, asset.id, target, rights)


def _indirect(caller: str, chain: Chain, holder: Holder) -> Holder:
    sure = verdict_of_chain(chain) is Verdict.YES
    missing = tuple(dict.fromkeys(fact for item in chain for fact in item.missing))
    return Holder(
        principal=caller,
        decision=ALLOWED if sure else UNDECIDED,
        through=tuple(item.target for item in chain),
        layer=holder.layer,
        statement=holder.statement,
        missing=missing,
    )


def _rights(graph: AssetGraph, identity: str, chain: Chain) -> Iterator[Right]:
    through = tuple(item.target for item in chain)
    for edge in graph.forward.row(graph.index_of(identity)).tolist():
        item = graph.relationship(edge)
        kind = graph.schema.relationships[item.kind]
        if kind.derived and kind.attack_class in RIGHTS and not _is_identity(graph, item.target):
            verdict = Verdict.weakest([item.verdict, *(each.verdict for each in chain)])
            yield Right(item.kind, item.target, verdict, through, item)


def _is_identity(graph: AssetGraph, asset_id: str) -> bool:
    return graph.label(graph.index_of(asset_id)) in _listed()["identities"]


def _is_principal(graph: AssetGraph, asset_id: str) -> bool:
    return graph.label(graph.index_of(asset_id)) in _listed()["principals"]


@cache
def _listed() -> Mapping[str, Any]:
    """What a review lists."""
    return read_toml("analysis/access_review.toml")


def _review_targets(graph: AssetGraph) -> frozenset[str]:
    wanted = {graph.ids[i] for i in graph.nodes_of_label(*_listed()["targets"]).tolist()}
    sensitive = {graph.ids[i] for i in graph.nodes_of_label(*_listed()["sensitive"]).tolist()}
    return frozenset(wanted | (sensitive & {item.id for item in crown_jewels(graph)}))


def _review_row(
    graph: AssetGraph, principal: str, target: str, rights: list[Right]
) -> dict[str, Any]:
    holder, thing = graph.asset(graph.index_of(principal)), graph.asset(graph.index_of(target))
    nearest = min(rights, key=lambda right: len(right.through))
    sure = all(right.verdict is Verdict.YES for right in rights)
    return {
        "principal": holder.name,
        "principal_id": holder.id,
        "principal_kind": graph.schema.label(holder.kind).title,
        "mfa": _mfa(graph, holder),
        "last_used": _last_used(holder),
        "rights": ", ".join(sorted({graph.schema.relationships[r.kind].phrase for r in rights})),
        "asset": thing.name,
        "asset_id": thing.id,
        "asset_kind": graph.schema.label(thing.kind).title,
        "classification": str(thing.properties.get("classification") or ""),
        "verdict": "yes" if sure else "undecided",
        "path": " > ".join(lookup.name(graph, each) for each in nearest.through) or "direct",
    }


def unused(rows: Iterable[dict[str, Any]], days: int, at: str) -> Iterator[dict[str, Any]]:
    """Rows of a review whose principal was not used in the days before `at` (ISO 8601); who is not known stays out.

    AWS tells the last use of a role within 400 days, and of a user's password for as long as it has kept count.
    """
    if not at:
        raise UserError(
            "the snapshot does not tell when it was taken, so nothing can be called unused; "
            "collect it again, or sort the review by last use"
        )
    since = (datetime.fromisoformat(at) - timedelta(days=days)).isoformat()
    for row in rows:
        last = row["last_used"]
        if last == NEVER or (last != NOT_KNOWN and _moment(last) < _moment(since)):
            yield row


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _last_used(holder: Asset) -> str:
    """When it was used last; a time that was read and is not set means never."""
    if "last_used" not in holder.properties:
        return NOT_KNOWN
    return str(holder.properties["last_used"] or NEVER)


def _mfa(graph: AssetGraph, holder: Asset) -> str:
    """Whether somebody who signs in has a second factor; nothing for who does not sign in."""
    if graph.schema.property(graph.schema.label(holder.kind).name, "mfa") is None:
        return ""
    words: dict[object, str] = {True: "yes", False: "no"}
    return words.get(holder.properties.get("mfa"), "not read")
