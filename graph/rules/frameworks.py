"""Control frameworks, one TOML file each: name, version, since when it applies, and the titles of the ids that rules use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from graph.content import toml_files
from graph.rules.table import Table, shown, suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework; ids hold their year where editions number differently (`LLM06:2025`)."""

    id: str
    name: str
    version: str
    items: Mapping[str, str]
    applies_from: Mapping[str, str]  # id, or "" for all of it -> date
    note: str = ""


@cache
def load_frameworks() -> Mapping[str, Framework]:
    """Every framework by the name that rules use."""
    found: dict[str, Framework] = {}
    for path, content in toml_files("frameworks"):
        table = Table(content, f"{path}:")
        name = path.rpartition("/")[2].removesuffix(".toml")
        items, dates = table.table("items"), table.table("applies_from")
        found[name] = Framework(
            id=name,
            name=table.text("name"),
            version=table.text("version", ""),
            items={key: items.text(key) for key in items.names()},
            applies_from={key: dates.text(key) for key in dates.names()},
            note=table.text("note", ""),
        )
        table.done()
    return found


def check_ids(name: str, ids: Iterable[str]) -> str:
    """What is wrong with a rule's ids of one framework, or nothing."""
    known = load_frameworks()
    if name not in known:
        return f"no framework of this name{suggestion(name, known)}"
    for item in ids:
        if item not in known[name].items:
            return f"{shown(item)} is not in resources/frameworks/{name}.toml"
    return ""
