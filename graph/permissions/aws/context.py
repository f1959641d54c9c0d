"""The context of a request: keys that are known, known to be absent, or unknown."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

Values = tuple[str, ...]


class Several(tuple[str, ...]):
    """The values of a key that was given as a list: without a set operator no condition matches it."""

    __slots__ = ()


class Context(msgspec.Struct, frozen=True):
    """Key names, here in lower case, are compared without case. `whole`: what is not given is absent, else unknown."""

    values: Mapping[str, Values] = {}
    whole: bool = False
    closed: tuple[str, ...] = ()  # prefixes, such as "aws:principaltag/", with all their keys known

    @classmethod
    def of(cls, given: Mapping[str, Any], *, whole: bool) -> "Context":
        """From a plain mapping; None says that the key is known to be absent. Raises TypeError for other shapes."""
        return cls({key.lower(): _values(key, value) for key, value in given.items()}, whole)

    def get(self, key: str) -> Values | None:
        """The values of a key; () if it is absent, None if nobody knows."""
        return self.find(key.lower())

    def find(self, key: str) -> Values | None:
        """The same for a key that is in lower case already."""
        found = self.values.get(key)
        if found is None:
            return () if self.whole or key.startswith(self.closed) else None
        return found

    def joined(self, more: Mapping[str, Values]) -> "Context":
        """With further keys; a key that was given stands."""
        return Context({**more, **self.values}, self.whole, self.closed)


def _values(key: str, value: object) -> Values:
    if isinstance(value, str):
        return (value,)
    if value is None:
        return ()
    if isinstance(value, (int, float, bool)):
        return (spelt(value),)
    if isinstance(value, Sequence) and all(isinstance(v, (str, int, float, bool)) for v in value):
        return Several(spelt(item) for item in value)
    raise TypeError(f"context key {key!r} is neither a text nor a list of texts")


def spelt(value: object) -> str:
    """Policies and contexts may write booleans and numbers as JSON has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
