"""The properties of an asset as a graph server keeps them: in types of which Cypher can ask what `predicates` asks.

Texts, numbers and truth values stand as they are. Lists are lists of texts, maps lists of `key=value`; beside a property
`p` stand `p.keys` (of a map), `p.time` (microseconds), `p.networks` (first and last address), `p.allows` (statements of a
policy document) and `p.opens` (rules of a firewall). `unset` names what was read and is not set.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

from graph.model import Asset, canonical_json
from graph.rules.predicates import OWN, moment, network, texts
from graph.rules.structured import Allowance, allowing, letting_in
from graph.schema import Schema

LAYOUT = 2  # which of these a server's graph was pushed with
RESERVED = frozenset({*OWN, "category", "graph", "key", "detail", "unset"})
FIELD, ITEM = "\x1f", "\x1e"  # part the fields of a statement, and the items of a field
_ADDRESS = re.compile(r"[0-9a-fA-F.:]{2,39}(/\d{1,3})?\Z")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def kept(asset: Asset, schema: Schema) -> dict[str, Any]:
    """The asset's own and read properties, ready to be stored."""
    label = schema.label(asset.kind).name
    found: dict[str, Any] = {
        "unset": [name for name, value in asset.properties.items() if value is None]
    }
    for name, value in asset.properties.items():
        declared = schema.property(label, name)
        if value is not None and name not in RESERVED:
            found |= _kept(name, value, declared.type if declared else "string")
    for name in OWN:
        found |= _as_text(name, getattr(asset, name))
    return found


def _kept(name: str, value: Any, declared: str) -> dict[str, Any]:
    match declared:
        case "bool" | "number":
            return {name: _scalar(value)}
        case "time":
            time = moment(value)
            micros = {} if time is None else {f"{name}.time": round(time.timestamp() * 1_000_000)}
            return {name: str(value), **micros}
        case "list" | "map":
            keys = {f"{name}.keys": [str(key) for key in value]} if _is_map(value) else {}
            rules = [_joined((r.ranges, [str(r.low)], [str(r.high)])) for r in letting_in(value)]
            opens = {f"{name}.opens": rules} if rules else {}
            return {name: list(texts(value)), **keys, **opens, **_networks(name, texts(value))}
        case "document":
            statements = [_joined(_spelt(item)) for item in allowing(value)]
            return {name: canonical_json(value), f"{name}.allows": statements}
        case _:
            return _as_text(name, str(value))


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping)


def _scalar(value: Any) -> Any:
    """Servers keep integers of 64 bits only."""
    if isinstance(value, int):
        return value if _SMALLEST <= value <= _LARGEST else float(value)
    return value if isinstance(value, str | float) else str(value)


def _as_text(name: str, value: str) -> dict[str, Any]:
    return {name: value, **_networks(name, [value])}


def _networks(name: str, values: Iterable[str]) -> dict[str, Any]:
    found = [network(text) for text in values if _ADDRESS.match(text)]
    spelt = [span(item) for item in found if item]
    return {f"{name}.networks": spelt} if spelt else {}


def span(item: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    """`4 0a000000 0affffff`: texts whose order is that of the addresses."""
    width = item.max_prefixlen // 4
    first, last = int(item.network_address), int(item.broadcast_address)
    return f"{item.version} {first:0{width}x} {last:0{width}x}"


def _spelt(item: Allowance) -> Iterable[Iterable[str]]:
    """A statement with its patterns as regular expressions."""
    return item._replace(
        actions=[glob_regex(text) for text in item.actions],
        excluded=[glob_regex(text) for text in item.excluded],
    )


def glob_regex(text: str) -> str:
    """A pattern with * and ? as a regular expression for the whole text."""
    return "".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in text)


def _joined(fields: Iterable[Iterable[str]]) -> str:
    """The fields of one statement; the marks that part them cannot stand in its texts."""
    clean = str.maketrans("", "", FIELD + ITEM)
    return FIELD.join(ITEM.join(text.translate(clean) for text in field) for field in fields)
