"""One item of a Google answer, read by name: the API writes camel case, Asset Inventory's envelope and SDKs snake case."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

Found = tuple[str, Any]  # pointer into the item, value
NOTHING: Found = ("", None)
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SNAKE = re.compile(r"_([a-z0-9])")


@lru_cache(maxsize=20_000)
def snake(name: str) -> str:
    """`assetType` as `asset_type`."""
    return _CAMEL.sub(lambda found: "_" + found[1].lower(), name)


@lru_cache(maxsize=20_000)
def camel_name(name: str) -> str:
    """`asset_type` as `assetType`."""
    return _SNAKE.sub(lambda found: found[1].upper(), name)


def camel(value: Any) -> Any:
    """A document with every name in camel case."""
    if isinstance(value, Mapping):
        return {camel_name(str(key)): camel(item) for key, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list | tuple) else value


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


@lru_cache(maxsize=20_000)
def _steps(pointer: str) -> tuple[tuple[str, str], ...]:
    names = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return tuple((name, snake(name)) for name in names)


def each(item: Any, pointer: str) -> Iterator[Found]:
    """(pointer, value) of everything that a path reaches; "*" stands for every element or member."""
    return _each(item, _steps(pointer), "")


def _each(value: Any, steps: tuple[tuple[str, str], ...], at: str) -> Iterator[Found]:
    for position, (name, other) in enumerate(steps):
        if name == "*":
            for key, child in _members(value):
                yield from _each(child, steps[position + 1 :], f"{at}/{escaped(str(key))}")
            return
        if isinstance(value, Mapping):
            key = name if name in value else other
            value = value.get(key)
            at = f"{at}/{escaped(key)}"
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
            at = f"{at}/{name}"
        else:
            return
        if value is None:
            return
    if value is not None:
        yield at, value


def _members(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    return list(value.items()) if isinstance(value, Mapping) else []


def first(item: Any, *pointers: str) -> Found:
    """The first of what the paths reach, or nothing."""
    for pointer in pointers:
        found = next(each(item, pointer), None)
        if found:
            return found
    return NOTHING


def read(item: Any, *pointers: str) -> Any:
    """The value of the first of them, or None."""
    return first(item, *pointers)[1]


def text(item: Any, *pointers: str) -> str:
    """The first of them that is a text, or ""."""
    found = (read(item, pointer) for pointer in pointers)
    return next((value for value in found if isinstance(value, str) and value), "")
