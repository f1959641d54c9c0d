"""The closed vocabulary: asset kinds, labels, categories, properties and relationship kinds, declared in resources/schema."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from graph.content import read_toml, toml_files
from graph.model import ContentError

Level = Literal["use", "steer", "control"]  # control includes the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The cloud-independent meaning of a kind, such as AIModel or Bucket."""

    name: str
    category: str
    title: str
    takeover: str = ""  # why use may become control ("" = it does not); such a step is undecided
    steering: str = ""  # why steering may become control, likewise
    asks: bool = False  # nobody uses it without a key or a sign-in; reaching it is no use of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property that assets of a label may have."""

    name: str
    type: str  # string, bool, number, list, map, document, time
    title: str
    read_by: tuple[str, ...] = ()  # operations that must have been read for "not set" to be known


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetKind:
    """A cloud's own resource type."""

    name: str
    label: str
    title: str
    id_pattern: re.Pattern[str] | None = None
    listed_by: tuple[str, ...] = ()  # operations that, read whole, list every asset of this kind
    by_name: bool = False  # a policy that names one is enough to know it: accounts that no list of the cloud holds


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipKind:
    """A kind of relationship; texts are plain prose with {source} and {target}."""

    name: str
    attack_class: str  # identity, network, influence, data, lineage, structure
    traversable: bool
    derived: bool
    needs: Level  # what the attacker must have of the source
    gives: Level  # what he then has of the target
    cost: float  # effort of one step, 1 = ordinary
    phrase: str  # "can read"
    why: str = ""
    abuse: str = ""
    remedy: str = ""  # how to break it
    read_by: tuple[
        str, ...
    ] = ()  # lists that must be complete for "no such relationship" to be known


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """All declarations, looked up by name."""

    labels: Mapping[str, Label]
    kinds: Mapping[str, AssetKind]
    relationships: Mapping[str, RelationshipKind]
    properties: Mapping[str, Mapping[str, Property]]  # label -> name -> property; "*" = every label

    def label(self, kind: str) -> Label:
        """The label of an asset kind; an unknown kind is a programming or data error."""
        try:
            return self.labels[self.kinds[kind].label]
        except KeyError:
            raise ContentError(f"{kind}: not an asset kind of the schema") from None

    def category(self, kind: str) -> str:
        """The category of an asset kind."""
        return self.label(kind).category

    def property(self, label: str, name: str) -> Property | None:
        """The declaration of a property for a label, or None."""
        return self.properties.get(label, {}).get(name) or self.properties["*"].get(name)

    def kind_of_id(self, asset_id: str) -> str | None:
        """The kind that an id (ARN, resource id) says of itself, or None."""
        return _kind_of_id(self, asset_id)


def _kind_of_id(schema: Schema, asset_id: str) -> str | None:
    for kind in schema.kinds.values():
        if kind.id_pattern and kind.id_pattern.fullmatch(asset_id):
            return kind.name
    return None


@cache
def load_schema() -> Schema:
    """The shipped schema, read once."""
    labels = {
        name: Label(name=name, **row) for name, row in read_toml("schema/labels.toml").items()
    }
    relationships = {
        name: _relationship(name, row)
        for name, row in read_toml("schema/relationships.toml").items()
    }
    kinds: dict[str, AssetKind] = {}
    for path, content in toml_files("schema/kinds"):
        for name, row in content.items():
            if row["label"] not in labels:
                raise ContentError(f"resources/{path}: {name}.label: no label {row['label']!r}")
            kinds[name] = _kind(name, row)
    properties = {
        label: {name: _property(name, row) for name, row in rows.items()}
        for label, rows in read_toml("schema/properties.toml").items()
    }
    unknown = sorted(set(properties) - set(labels) - {"*"})
    if unknown:
        raise ContentError(f"resources/schema/properties.toml: no label {unknown[0]!r}")
    return Schema(labels=labels, kinds=kinds, relationships=relationships, properties=properties)


def _kind(name: str, row: Mapping[str, Any]) -> AssetKind:
    pattern = row.get("id")
    return AssetKind(
        name=name,
        label=row["label"],
        title=row["title"],
        id_pattern=re.compile(pattern) if pattern else None,
        listed_by=tuple(row.get("listed_by", ())),
        by_name=row.get("by_name", False),
    )


def _property(name: str, row: Mapping[str, Any]) -> Property:
    return Property(
        name=name, type=row["type"], title=row["title"], read_by=tuple(row.get("read_by", ()))
    )


def _relationship(name: str, row: Mapping[str, Any]) -> RelationshipKind:
    return RelationshipKind(
        name=name,
        attack_class=row["class"],
        traversable=row.get("traversable", False),
        derived=row.get("derived", False),
        needs=row.get("needs", "control"),
        gives=row.get("gives", "control"),
        cost=row.get("cost", 1.0),
        phrase=row["phrase"],
        why=row.get("why", ""),
        abuse=row.get("abuse", ""),
        remedy=row.get("remedy", ""),
        read_by=tuple(row.get("read_by", ())),
    )
