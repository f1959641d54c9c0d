"""What tags and names say: data classification, environment, crown jewels, CI and outside users (resources/mapping/tags.toml)."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from graph.content import read_toml

_NOISE = re.compile(r"[^a-z0-9]")


def _plain(text: object) -> str:
    return _NOISE.sub("", str(text).lower())


@cache
def _words() -> dict[str, Any]:
    return read_toml("mapping/tags.toml")


@cache
def _values(topic: str) -> dict[str, str]:
    """Spelling of a value -> its normal form."""
    values = _words()[topic]["values"]
    return {spelling: normal for normal, spellings in values.items() for spelling in spellings}


def normal(topic: str, value: object) -> str | None:
    """The normal form of a value of a topic (classification, environment), None for a word of no meaning."""
    return _values(topic).get(_plain(value))


@cache
def _flags() -> dict[str, str]:
    flags = _words()["classification"]["flags"]
    return {name: normal for normal, names in flags.items() for name in names}


def says_yes(value: object) -> bool:
    """Whether a value means yes."""
    return _plain(value) in _words()["yes"]["values"]


def meaning(tags: Mapping[str, Any]) -> dict[str, Any]:
    """Properties that follow from the tags of an asset; what no tag says is None."""
    basis, classification = _classification(tags)
    found: dict[str, Any] = {
        "classification": classification,
        "environment": _normal(tags, "environment"),
        "crown_jewel": flagged(tags, "crown_jewel") or None,
    }
    if basis:
        found["classification_basis"] = f"tag {basis}"
    return found


def _classification(tags: Mapping[str, Any]) -> tuple[str, str | None]:
    named = set(_words()["classification"]["tags"])
    flags = _flags()
    for name in sorted(tags):
        plain = _plain(name)
        if plain in flags and says_yes(tags[name]):
            return name, flags[plain]
        if plain in named and (found := normal("classification", tags[name])):
            return name, found
    return "", None


def _normal(tags: Mapping[str, Any], topic: str) -> str | None:
    named = set(_words()[topic]["tags"])
    for name in sorted(tags):
        if _plain(name) in named and (found := normal(topic, tags[name])):
            return found
    return None


def flagged(tags: Mapping[str, Any], topic: str) -> bool:
    """Whether a tag of the topic says yes."""
    named = set(_words()[topic]["tags"])
    return any(_plain(name) in named and says_yes(value) for name, value in tags.items())


def belongs(topic: str, name: str, tags: Mapping[str, Any] | None) -> bool:
    """Whether a user is of the topic (ci, external), by tag or by name."""
    if tags and flagged(tags, topic):
        return True
    return any(fnmatchcase(name.lower(), pattern) for pattern in _words()[topic]["names"])
