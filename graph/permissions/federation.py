"""Trust across clouds: who of one cloud, or of a CI system, is let in as a federated identity of another.

Nodes that mean the same outsider are one: `federated:<issuer>:<subject>`, whichever cloud trusts it. Sources: Google Cloud, workload
identity federation (AWS, Azure, OIDC); AWS, roles for web identities; Entra, federated identity credentials.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from graph.estate import Estate
from graph.model import Asset, Evidence, Relationship, Verdict

GOOGLE = "accounts.google.com"
_GITHUB = "token.actions.githubusercontent.com"
_ENTRA = re.compile(
    r"(?:sts\.windows\.net|login\.microsoftonline\.com)/([0-9a-f-]{36})(?:/v2\.0)?/?"
)
_ASSUMED = re.compile(r"arn:aws:sts::(\d+):assumed-role/([^/]+)(?:/.*)?")
_POOL_SET = re.compile(r"principal(?:Set)?://.+?/workloadIdentityPools/[^/]+/(.+)")
_SUBJECT = "subject/"


@dataclass(frozen=True, slots=True)
class _Door:
    """A principal or set of a Google pool, and one provider that lets people in as such."""

    principal: Asset
    provider: Asset
    which: str  # what stands after the pool: subject/..., attribute.x/..., *
    evidence: tuple[Evidence, ...]

    @property
    def subject(self) -> str:
        """The subject that a token must show, with * for what the set leaves open."""
        if self.which.startswith(_SUBJECT):
            return self.which.removeprefix(_SUBJECT)
        name, _, value = self.which.partition("/")
        if name == "attribute.repository" and self.issuer == _GITHUB:
            return f"repo:{value}:*"
        return "*"

    @property
    def issuer(self) -> str:
        """Who signs the tokens, without scheme."""
        return str(self.provider.properties.get("url") or "").removeprefix("https://").rstrip("/")


def derive_federation(estate: Estate) -> Iterator[Asset | Relationship]:
    """CAN_ACT_AS from identities to the federated identities that they can show themselves to be."""
    for door in _doors(estate):
        if door.provider.properties.get("provider_type") == "aws":
            yield from _from_aws(estate, door)
        elif found := _ENTRA.fullmatch(door.issuer):
            yield from _from_entra(estate, door, found[1])
        elif door.issuer:
            yield from _from_issuer(door)
    yield from _from_google(estate)
    yield from _from_objects(estate)


def _doors(estate: Estate) -> Iterator[_Door]:
    """Every federated principal that policies name, with each provider of its pool that is switched on."""
    for edge in estate.relationships:
        principal = estate.assets[edge.source]
        found = _POOL_SET.fullmatch(principal.id)
        if edge.kind != "MEMBER_OF" or not found:
            continue
        pool = estate.assets[edge.target]
        for trust in estate.outgoing.get(pool.id, ()):
            provider = estate.assets[trust.target]
            off = (
                pool.properties.get("enabled") is False
                or provider.properties.get("enabled") is False
            )
            if trust.kind == "TRUSTS" and not off:
                yield _Door(principal, provider, found[1], edge.evidence + trust.evidence)


def _conditions(door: _Door) -> list[str]:
    """What a provider asks beyond the subject; only the token tells whether it is so."""
    condition = door.provider.properties.get("attribute_condition")
    return (
        [f"whether the condition of provider {door.provider.name} lets it in"] if condition else []
    )


def _edge(source: str, door: _Door, missing: Sequence[str]) -> Relationship:
    return Relationship(
        source=source,
        kind="CAN_ACT_AS",
        target=door.principal.id,
        verdict=Verdict.UNDECIDED if missing else Verdict.YES,
        evidence=door.evidence,
        missing=tuple(missing),
        properties={"actions": ["sts.googleapis.com token exchange"]},
    )


def _from_aws(estate: Estate, door: _Door) -> Iterator[Relationship]:
    """AWS identities show an ARN; the mapping that Google proposes has subject and aws_role of it."""
    account = str(door.provider.properties.get("aws_account") or "")
    named = _ASSUMED.fullmatch(door.which.partition("/")[2])
    missing = _conditions(door)
    if named:
        if named[1] == account:
            role = f"arn:aws:iam::{account}:role/{named[2]}"
            yield _edge(_role_id(estate, account, named[2]) or role, door, missing)
        return
    if door.which != "*":
        missing = [*missing, f"whether {door.principal.name} stands for it"]
    yield _edge(f"arn:aws:iam::{account}:root", door, missing)
    for asset in estate.of_label("Role", "User"):
        if asset.account == account and asset.id.startswith("arn:"):
            yield _edge(asset.id, door, missing)


def _role_id(estate: Estate, account: str, name: str) -> str:
    """An assumed role leaves out the path that its ARN may have."""
    for asset in estate.of_label("Role"):
        if asset.account == account and asset.id.rpartition("/")[2] == name:
            return asset.id
    return ""


def _from_entra(estate: Estate, door: _Door, tenant: str) -> Iterator[Asset | Relationship]:
    """Entra shows the object id as subject; a set of the pool is open to whoever of the tenant its condition lets in."""
    if door.subject in estate.assets:
        yield _edge(door.subject, door, _conditions(door))
        return
    node = _outsider(door, f"{door.issuer} ({tenant})" if door.subject == "*" else door.subject)
    yield node
    yield _edge(node.id, door, [])


def _from_issuer(door: _Door) -> Iterator[Asset | Relationship]:
    """Whoever shows such a subject of the issuer; the condition of the provider belongs to the node."""
    node = _outsider(door, door.subject)
    yield node
    yield _edge(node.id, door, [])


def _outsider(door: _Door, name: str) -> Asset:
    told = {"issuer": door.issuer, "subject": door.subject}
    condition = door.provider.properties.get("attribute_condition")
    narrowed = f" where {condition}" if condition and "*" in door.subject else ""
    return Asset(
        id=f"federated:{door.issuer}:{door.subject}",
        kind="Modelhound::FederatedSubject",
        name=f"{name}{narrowed}",
        properties=told,
        evidence=door.provider.evidence[:1],
    )


def _from_google(estate: Estate) -> Iterator[Relationship]:
    """Google signs a service account's tokens with its unique id as subject, wherever they are shown."""
    doors = [
        asset
        for asset in estate.assets.values()
        if asset.kind == "Modelhound::FederatedSubject"
        and str(asset.properties.get("issuer") or "").rstrip("/") == GOOGLE
    ]
    if not doors:
        return
    for account in estate.of_label("ServiceAccount"):
        unique = account.properties.get("unique_id")
        for door in doors:
            subject = str(door.properties.get("subject") or "*")
            yield from _google_edge(account, str(unique or ""), door, subject)


def _google_edge(account: Asset, unique: str, door: Asset, subject: str) -> Iterator[Relationship]:
    if unique and not fnmatchcase(unique, subject):
        return
    if subject == "*":
        missing: tuple[str, ...] = (f"the audience that {account.name} asks a token for",)
    else:
        missing = () if unique else (f"the unique id of {account.name}",)
    yield Relationship(
        source=account.id,
        kind="CAN_ACT_AS",
        target=door.id,
        verdict=Verdict.UNDECIDED if missing else Verdict.YES,
        evidence=tuple(x for x in (account.evidence_for("unique_id"),) if x) + door.evidence[:1],
        missing=missing,
        properties={"actions": ["generateIdToken"]},
    )


def _from_objects(estate: Estate) -> Iterator[Relationship]:
    """Entra signs a service principal's or managed identity's tokens with its object id, wherever they are shown."""
    for door in estate.assets.values():
        issuer = str(door.properties.get("issuer") or "")
        if door.kind != "Modelhound::FederatedSubject" or not _ENTRA.fullmatch(issuer):
            continue
        shown = estate.assets.get(str(door.properties.get("subject") or "").lower())
        if shown is not None and shown.kind.startswith("Microsoft.Graph/"):
            yield Relationship(
                source=shown.id,
                kind="CAN_ACT_AS",
                target=door.id,
                evidence=shown.evidence[:1] + door.evidence[:1],
                properties={"actions": ["token of Entra"]},
            )
