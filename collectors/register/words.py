"""How people and scanners spell what registers tell (resources/mapping/register.toml)."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import re2

from collectors.tags import normal
from graph.content import read_toml

_NOISE = re.compile(r"[^a-z0-9]")


def plain(text: object) -> str:
    """Lower case, letters and digits only."""
    return _NOISE.sub("", str(text).lower())


@cache
def _words() -> Mapping[str, Any]:
    return read_toml("mapping/register.toml")


@cache
def columns() -> Mapping[str, str]:
    """Spelling of a column -> its name."""
    return _spellings("columns")


def evidence_type(text: object) -> str:
    """The sort of evidence that a word means, "" for none."""
    return _spellings("evidence").get(plain(text), "")


@cache
def _spellings(topic: str) -> Mapping[str, str]:
    rows: Mapping[str, list[str]] = _words()[topic]
    return {spelling: name for name, listed in rows.items() for spelling in (plain(name), *listed)}


def class_of_label(text: object) -> str:
    """The class that a person's word means, "" for none."""
    return normal("classification", text) or ""


def class_of_found(names: Iterable[object], score: object = "") -> str:
    """The strongest class of what a scanner found, else what its score means, else ""."""
    classes = {_class_of(str(name)) for name in names} - {""}
    return max(classes, key=rank) if classes else _words()["score"].get(str(score), "")


@cache
def _class_of(name: str) -> str:
    for pattern, found in _patterns():
        if pattern.search(name):
            return found
    return ""


@cache
def _patterns() -> tuple[tuple[Any, str], ...]:
    return tuple((re2.compile(row["matches"]), row["class"]) for row in _words()["found"])


def rank(classification: str) -> int:
    """How strong a class is; -1 for none."""
    order: list[str] = _words()["rank"]["order"]
    return order.index(classification) if classification in order else -1
