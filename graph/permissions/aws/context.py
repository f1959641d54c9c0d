"""The context of a request: keys that are known, known to be absent, or unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Key names are compared without case. `whole`: what is not given is absent; otherwise it is unknown."""

    values: Mapping[str, Values] = field(default_factory=dict)
    whole: bool = False
    closed: tuple[
        str, ...
    ] = ()  # prefixes, such as "aws:principaltag/", of which every key is known

    @classmethod
    def of(cls, given: Mapping[str, str | Sequence[str] | None], *, whole: bool) -> "Context":
        """From a plain mapping; None says that the key is known to be absent."""
        values: dict[str, Values] = {}
        for key, value in given.items():
            if value is None:
                values[key.lower()] = ()
            elif isinstance(value, (str, int, float, bool)):
                values[key.lower()] = (spelt(value),)
            else:
                values[key.lower()] = tuple(spelt(item) for item in value)
        return cls(values, whole)

    def get(self, key: str) -> Values | None:
        """The values of a key; () if it is absent, None if nobody knows."""
        found = self.values.get(key.lower())
        if found is None:
            is_known = self.whole or key.lower().startswith(self.closed)
            return () if is_known else None
        return found

    def joined(self, more: Mapping[str, Values]) -> "Context":
        """With further keys; a key that was given stands."""
        return Context({**more, **self.values}, self.whole, self.closed)


def spelt(value: object) -> str:
    """Policies and contexts may write booleans and numbers as JSON has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
