"""Policies of an estate, made ready: bindings of allow policies, deny rules, access boundaries, each with its proof."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.estate import Estate
from graph.model import Asset, Evidence
from graph.permissions.gcp import roles
from graph.permissions.gcp.members import spelled
from graph.permissions.gcp.places import Places

ALLOW, DENY = "allow policy", "deny policy"
_SINGLE = ("user:", "serviceAccount:", "principal://", "deleted:")  # members that are one principal
_ROLE = "//iam.googleapis.com/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role as bindings name it. `document` holds the permissions that the estate tells; None: the published ones count."""

    name: str
    document: frozenset[str] | None = None
    off: bool = False  # disabled or deleted: grants nothing
    asset: Asset | None = None

    def gives(self, permission: str) -> bool | None:
        """Whether it holds a permission; None if nobody told what it holds."""
        if self.off:
            return False
        if self.document is not None:
            return any(name in self.document for name in roles.spellings(permission))
        return roles.gives(self.name, permission)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One binding of an allow policy. `holder`: the id of what the policy is set on."""

    holder: str
    role: Role
    members: tuple[str, ...]
    condition: str
    position: int
    asset: Asset

    @property
    def name(self) -> str:
        """The role, and where it is given."""
        return f"{self.role.name} on {self.holder}"

    def proof(self) -> tuple[Evidence, ...]:
        """Where the binding stands, and the definition of a role that the estate holds."""
        found = []
        whole = self.asset.evidence_for("iam_policy")
        if whole is not None:
            pointer = f"{whole.pointer}/bindings/{self.position}"
            found.append(Evidence(record=whole.record, pointer=pointer, note=self.name))
        if self.role.asset is not None and (told := self.role.asset.evidence_for("document")):
            found.append(Evidence(record=told.record, pointer=told.pointer, note=self.role.name))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRule:
    """One rule of a deny policy."""

    policy: Asset
    holder: str
    principals: tuple[str, ...]
    excepted: tuple[str, ...]
    permissions: tuple[str, ...]
    spared: tuple[str, ...]
    condition: str
    position: int

    def names(self, permission: str) -> bool:
        """Whether it denies a permission, exceptions taken off."""
        asked = roles.full(permission)
        return roles.named(self.permissions, asked) and not roles.named(self.spared, asked)

    def proof(self) -> tuple[Evidence, ...]:
        """Where the rule stands."""
        whole = self.policy.evidence_for("document")
        if whole is None:
            return self.policy.evidence[:1]
        pointer = f"{whole.pointer}/rules/{self.position}"
        return (Evidence(record=whole.record, pointer=pointer, note=self.policy.name),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A principal access boundary as one binding lays it on a set of principals."""

    policy: Asset
    target: str
    condition: str
    resources: tuple[str, ...]
    version: str
    known: bool  # whether its rules were read


class Book:
    """Everything that decides, by where it is set."""

    def __init__(self, estate: Estate, places: Places) -> None:
        self._estate = estate
        self._places = places
        self._roles = {
            _role_name(asset): _role(asset)
            for asset in estate.assets.values()
            if asset.kind == "iam.googleapis.com/Role"
        }
        self.bindings: dict[str, tuple[Binding, ...]] = {}
        self._by_member: dict[str, list[Binding]] = {}
        self._of_many: list[Binding] = []  # with a member that may stand for anybody
        for asset in estate.assets.values():
            if asset.properties.get("iam_policy"):
                found = tuple(self._bindings(asset))
                self.bindings[asset.id] = found
                for binding in found:
                    self._index(binding)
        self.denies: dict[str, list[DenyRule]] = {}
        self.unread_denies: dict[str, list[Asset]] = {}
        self._read_denies()
        self.boundaries = tuple(self._boundaries())

    def stops_at(self, holder: str) -> bool:
        """Whether a deny policy is attached to something."""
        return holder in self.denies or holder in self.unread_denies

    def role(self, name: str) -> Role:
        """A role for its name in a binding."""
        return self._roles.get(name) or Role(name=name)

    def _index(self, binding: Binding) -> None:
        for member in map(spelled, binding.members):
            self._by_member.setdefault(member, []).append(binding)
        if not all(member.startswith(_SINGLE) for member in binding.members):
            self._of_many.append(binding)

    def is_named(self, member: str) -> bool:
        """Whether some binding names a member itself."""
        return spelled(member) in self._by_member

    def candidates(self, names: Iterable[str]) -> Iterator[Binding]:
        """Bindings that can name somebody of these names, in the order of their policies."""
        found = {id(row): row for name in names for row in self._by_member.get(name, ())}
        found |= {id(row): row for row in self._of_many}
        yield from sorted(found.values(), key=lambda row: (row.holder, row.position))

    def _bindings(self, asset: Asset) -> Iterator[Binding]:
        policy = asset.properties["iam_policy"]
        rows = policy.get("bindings") if isinstance(policy, Mapping) else None
        for position, row in enumerate(rows or ()):
            if isinstance(row, Mapping):
                yield Binding(
                    holder=asset.id,
                    role=self.role(str(row.get("role") or "")),
                    members=_texts(row.get("members")),
                    condition=_expression(row.get("condition")),
                    position=position,
                    asset=asset,
                )

    def _read_denies(self) -> None:
        for asset in self._estate.assets.values():
            if asset.kind != "iam.googleapis.com/DenyPolicy":
                continue
            for edge in self._estate.outgoing.get(asset.id, ()):
                if edge.kind == "APPLIES_TO":
                    holder = self._holder(edge.target)
                    if asset.properties.get("document") is None:
                        self.unread_denies.setdefault(holder, []).append(asset)
                    self.denies.setdefault(holder, []).extend(_rules(asset, holder))

    def _holder(self, name: str) -> str:
        """The id of what a policy is attached to, which may be named by its number."""
        found = self._places.asset(name)
        return found.id if found else name

    def _boundaries(self) -> Iterator[Boundary]:
        for asset in self._estate.assets.values():
            if asset.kind != "iam.googleapis.com/PolicyBinding":
                continue
            policy = self._boundary(asset)
            document = policy.properties.get("document") if policy else None
            document = document if isinstance(document, Mapping) else {}
            rules = document.get("rules")
            yield Boundary(
                policy=policy or asset,
                target=str(asset.properties.get("target") or ""),
                condition=_expression(asset.properties.get("condition")),
                resources=tuple(
                    name
                    for rule in rules or ()
                    if isinstance(rule, Mapping)
                    for name in _texts(rule.get("resources"))
                ),
                version=str(document.get("enforcementVersion") or "latest"),
                known=rules is not None,
            )

    def _boundary(self, binding: Asset) -> Asset | None:
        for edge in self._estate.outgoing.get(binding.id, ()):
            if edge.kind == "ATTACHED_TO":
                return self._estate.assets[edge.target]
        named = str(binding.properties.get("boundary") or "")
        name = named if named.startswith("//") else f"{_ROLE}{named}"
        return self._estate.assets.get(name)


def _rules(policy: Asset, holder: str) -> Iterator[DenyRule]:
    document = policy.properties.get("document")
    rows = document.get("rules") if isinstance(document, Mapping) else None
    for position, row in enumerate(rows or ()):
        rule = row.get("denyRule") if isinstance(row, Mapping) else None
        if isinstance(rule, Mapping):
            yield DenyRule(
                policy=policy,
                holder=holder,
                principals=_texts(rule.get("deniedPrincipals")),
                excepted=_texts(rule.get("exceptionPrincipals")),
                permissions=_texts(rule.get("deniedPermissions")),
                spared=_texts(rule.get("exceptionPermissions")),
                condition=_expression(rule.get("denialCondition")),
                position=position,
            )


def _role_name(asset: Asset) -> str:
    return str(asset.properties.get("role_name") or asset.id.removeprefix(_ROLE))


def _role(asset: Asset) -> Role:
    document = asset.properties.get("document")
    held = document.get("includedPermissions") if isinstance(document, Mapping) else None
    stage = str(asset.properties.get("role_stage") or "")
    return Role(
        name=_role_name(asset),
        document=None if held is None else frozenset(_texts(held)),
        off=bool(asset.properties.get("deleted")) or stage == "DISABLED",
        asset=asset,
    )


def _texts(value: object) -> tuple[str, ...]:
    return (
        tuple(str(item) for item in value)
        if isinstance(value, Sequence) and not isinstance(value, str)
        else ()
    )


def _expression(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("expression")
    return str(value or "").strip()
