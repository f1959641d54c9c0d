"""Reading one table of a rule file: every key is taken with its type, and what is left over is refused."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from graph.model import ContentError

_SHOWN = 60  # characters of a wrong value that an error repeats


class Table:
    """A TOML table and where it stands; `place` is `rules/x.toml: nodes.data`."""

    def __init__(self, value: object, place: str) -> None:
        self.place = place
        if not isinstance(value, Mapping):
            raise ContentError(f"{place}: must be a table, not {shown(value)}")
        self._values = value
        self._known: list[str] = []

    @property
    def values(self) -> Mapping[str, Any]:
        """The table as it was given."""
        return self._values

    def refuse(self, text: str) -> ContentError:
        """An error that names this table."""
        return ContentError(f"{self.place}: {text}")

    def refuse_at(self, key: str, text: str) -> ContentError:
        """An error that names a key of this table."""
        return ContentError(f"{self.at(key)}: {text}")

    def at(self, key: str) -> str:
        """The place of a key."""
        joint = " " if self.place.endswith(":") else "."
        return f"{self.place}{joint}{key}"

    def has(self, key: str) -> bool:
        """Is the key given?"""
        self._known.append(key)
        return key in self._values

    def any(self, key: str) -> Any:
        """The value of a key as it stands, None if it is not given."""
        self._known.append(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required unless there is a default."""
        value = self._get(key, default)
        if not isinstance(value, str):
            raise self.refuse_at(key, f"must be a text, not {shown(value)}")
        return value.strip()

    def texts(self, key: str, default: Iterable[str] | None = ()) -> tuple[str, ...]:
        """A list of texts; a single text stands for a list of one."""
        value = self._get(key, default)
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple) or not all(isinstance(t, str) for t in value):
            raise self.refuse_at(key, f"must be a list of texts, not {shown(value)}")
        return tuple(value)

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number between two bounds."""
        value = self._get(key, None)
        if type(value) is not int or not least <= value <= most:
            raise self.refuse_at(key, f"must be a number from {least} to {most}")
        return value

    def flag(self, key: str) -> bool:
        """true or false; false if it is not given."""
        value = self._get(key, default=False)
        if not isinstance(value, bool):
            raise self.refuse_at(key, f"must be true or false, not {shown(value)}")
        return value

    def table(self, key: str) -> "Table":
        """A table below this one; empty if it is not given."""
        return Table(self._get(key, {}), self.at(key))

    def tables(self, key: str) -> Iterator["Table"]:
        """A list of tables; places count from 1."""
        value = self._get(key, [])
        if not isinstance(value, list):
            raise self.refuse_at(key, f"must be a list of tables, [[{key}]]")
        for i, item in enumerate(value, 1):
            yield Table(item, f"{self.at(key)}[{i}]")

    def names(self) -> tuple[str, ...]:
        """The keys as they stand; all of them count as known."""
        self._known.extend(self._values)
        return tuple(self._values)

    def done(self) -> None:
        """Refuse the first key that nobody has asked for."""
        for key in self._values:
            if key not in self._known:
                raise self.refuse_at(key, f"no such key{suggestion(key, self._known)}")

    def _get(self, key: str, default: object) -> Any:
        self._known.append(key)
        value = self._values.get(key, default)
        if value is None:
            raise self.refuse(f"the key {key!r} is missing")
        return value


def shown(value: object) -> str:
    """A value as an error repeats it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (did you mean ...?)` if something known is close to the word."""
    close = get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
