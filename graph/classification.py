"""How data is classified when all is heard: of tags, registers and scanners the strongest class counts.

What somebody says is never overruled by a weaker word of somebody else; the basis names who said it.
"""

from collections import defaultdict
from collections.abc import Iterator

from graph.content import read_toml
from graph.estate import Estate
from graph.model import Asset, Evidence, Relationship

_SAYS = "CLASSIFIED_BY"


def derive_classification(estate: Estate) -> Iterator[Asset]:
    """The class, its basis and its proof for every asset that a register or a scanner speaks of."""
    order: list[str] = read_toml("mapping/register.toml")["rank"]["order"]
    heard: dict[str, list[tuple[Asset, Relationship]]] = defaultdict(list)
    for item in estate.relationships:
        if item.kind == _SAYS:
            heard[item.source].append((estate.assets[item.target], item))
    for subject, said in heard.items():
        yield _heard(estate.assets[subject], said, order)


def _heard(asset: Asset, said: list[tuple[Asset, Relationship]], order: list[str]) -> Asset:
    def strength(node: Asset) -> int:
        found = node.properties.get("classification")
        return order.index(found) if found in order else -1

    strongest, item = max(said, key=lambda pair: (strength(pair[0]), pair[0].id))
    properties: dict[str, object] = {}
    evidence: tuple[Evidence, ...] = ()
    if strength(strongest) > strength(asset):
        properties["classification"] = strongest.properties["classification"]
        properties["classification_basis"] = strongest.properties["source"]
        proof = item.evidence[0]
        fields = {"classification": "", "classification_basis": ""}
        evidence = (Evidence(record=proof.record, pointer=proof.pointer, fields=fields),)
    if any(node.properties.get("crown_jewel") for node, _ in said):
        properties["crown_jewel"] = True
    return Asset(
        id=asset.id, kind=asset.kind, name=asset.name, properties=properties, evidence=evidence
    )
