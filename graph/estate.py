"""The estate while it is being built: mapped assets and relationships, put together from pieces, then derived upon."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from graph.coverage import Coverage, provider_of
from graph.model import Asset, Evidence, Relationship, Verdict
from graph.schema import Schema

Piece = Asset | Relationship  # what mappers and derivations yield


@dataclass(frozen=True)
class Estate:
    """Assets by id and relationships by key, sorted; what derivations read."""

    schema: Schema
    assets: Mapping[str, Asset]
    relationships: tuple[Relationship, ...]
    coverage: Coverage
    collected_at: str = ""

    def of_label(self, *labels: str) -> Iterator[Asset]:
        """Assets of these labels, in order of id."""
        for asset in self.assets.values():
            if self.schema.kinds[asset.kind].label in labels:
                yield asset

    def label(self, asset_id: str) -> str:
        """The label of an asset of this estate."""
        return self.schema.kinds[self.assets[asset_id].kind].label

    def of_cloud(self, cloud: str) -> "Estate":
        """What one cloud holds, with the nodes that belong to none; itself where there is nothing else."""
        kinds = {asset.kind for asset in self.assets.values()}
        kept = {kind for kind in kinds if provider_of(kind) in (cloud, "")}
        if kept == kinds:
            return self
        assets = {key: asset for key, asset in self.assets.items() if asset.kind in kept}
        return replace(
            self,
            assets=assets,
            relationships=tuple(
                item
                for item in self.relationships
                if item.source in assets and item.target in assets
            ),
        )

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Relationship, ...]]:
        """Relationships by source id (only ids that have some)."""
        return _grouped((item.source, item) for item in self.relationships)

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Relationship, ...]]:
        """Relationships by target id (only ids that have some)."""
        return _grouped((item.target, item) for item in self.relationships)


Derivation = Callable[[Estate], Iterable[Piece]]


def _grouped(
    pairs: Iterable[tuple[str, Relationship]],
) -> Mapping[str, tuple[Relationship, ...]]:
    groups: dict[str, list[Relationship]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}


def assemble(
    items: Iterable[Piece],
    *,
    schema: Schema,
    coverage: Coverage,
    collected_at: str = "",
) -> Estate:
    """Merge pieces that name the same asset or relationship; give ends that nothing described a stub.

    Pieces of one asset come from several records (a bucket from ListBuckets, GetBucketPolicy, ...): a later piece adds
    properties and evidence, and a value that is set wins over None. A stub has the property `described` = False.
    """
    assets: dict[str, Asset] = {}
    relationships: dict[tuple[str, str, str], Relationship] = {}
    for item in items:
        if isinstance(item, Asset):
            known = assets.get(item.id)
            assets[item.id] = _merge_assets(known, item) if known else item
        else:
            other = relationships.get(item.key)
            relationships[item.key] = _merge_relationships(other, item) if other else item
    for relationship in relationships.values():
        for end in (relationship.source, relationship.target):
            if end not in assets:
                assets[end] = _stub(end, schema)
    return Estate(
        schema=schema,
        assets={key: assets[key] for key in sorted(assets)},
        relationships=tuple(relationships[key] for key in sorted(relationships)),
        coverage=coverage,
        collected_at=collected_at,
    )


def _merge_assets(first: Asset, second: Asset) -> Asset:
    set_values = {k: v for k, v in second.properties.items() if v is not None}
    return Asset(
        id=first.id,
        kind=first.kind,
        name=first.name or second.name,
        account=first.account or second.account,
        region=first.region or second.region,
        properties={**dict(second.properties), **dict(first.properties), **set_values},
        evidence=_union(first.evidence, second.evidence),
    )


def _merge_relationships(first: Relationship, second: Relationship) -> Relationship:
    """One proof is enough: the stronger verdict stands, evidence of both is kept."""
    strong, weak = first, second
    if first.verdict is not Verdict.YES and second.verdict is Verdict.YES:
        strong, weak = second, first
    return Relationship(
        source=first.source,
        kind=first.kind,
        target=first.target,
        verdict=strong.verdict,
        evidence=_union(strong.evidence, weak.evidence),
        missing=strong.missing,
        properties={**dict(weak.properties), **dict(strong.properties)},
    )


def _union(first: tuple[Evidence, ...], second: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return first + tuple(item for item in second if item not in first)


def _stub(asset_id: str, schema: Schema) -> Asset:
    kind = schema.kind_of_id(asset_id) or "Modelhound::Unknown"
    parts = asset_id.split(":")
    is_arn = asset_id.startswith("arn:") and len(parts) > 5  # noqa: PLR2004 - arn:partition:service:region:account:resource
    return Asset(
        id=asset_id,
        kind=kind,
        name=asset_id.rpartition("/")[2].rpartition(":")[2] or asset_id,
        account=parts[4] if is_arn else "",
        region=parts[3] if is_arn else "",
        properties={"described": False},
    )
