"""One item of an Azure answer, read by name whatever wrote it: ARM nests, `az` flattens, PowerShell capitalises."""

from collections.abc import Iterator, Mapping
from typing import Any

Found = tuple[str, Any]  # pointer into the item, value
NOTHING: Found = ("", None)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _named(value: Any, name: str) -> Found:
    """A member by its name, without regard to case."""
    if not isinstance(value, Mapping):
        return NOTHING
    if name in value:
        return f"/{_escaped(name)}", value[name]
    lowered = name.lower()
    for key, found in value.items():
        if isinstance(key, str) and key.lower() == lowered:
            return f"/{_escaped(key)}", found
    return NOTHING


def each(item: Any, pointer: str) -> Iterator[Found]:
    """(pointer, value) of everything that a path reaches; "*" stands for every element or member.

    A step `properties` may be left out by the item.
    """
    yield from _each(item, pointer.split("/")[1:], "")


def _each(value: Any, steps: list[str], at: str) -> Iterator[Found]:
    if not steps:
        if value is not None:
            yield at, value
        return
    step, rest = steps[0], steps[1:]
    if step == "*" or isinstance(value, list):
        for key, child in _members(value):
            if step in {"*", str(key)}:
                yield from _each(child, rest, f"{at}/{_escaped(str(key))}")
        return
    pointer, found = _named(value, step)
    inside = list(_each(found, rest, at + pointer)) if pointer else []
    yield from inside or (_each(value, rest, at) if step == "properties" and rest else ())


def _members(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    return list(value.items()) if isinstance(value, Mapping) else []


def first(item: Any, pointer: str) -> Found:
    """The first of them, or nothing."""
    return next(each(item, pointer), NOTHING)


def read(item: Any, pointer: str) -> Any:
    """The value of the first of them, or None."""
    return first(item, pointer)[1]


def has(item: Any, pointer: str) -> bool:
    """Whether the item holds the place, be it null."""
    upper, _, name = pointer.rpartition("/")
    return any(bool(_named(value, name)[0]) for _, value in each(item, upper))
