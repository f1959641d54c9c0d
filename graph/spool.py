"""Records on disk: an import of millions of lines holds their places in memory, not what they say."""

import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, overload

from graph.lines import decoded, encoded
from graph.model import Record


class _Place(NamedTuple):
    source: str
    time: str
    offset: int
    length: int


class RecordSpool(Sequence[Record]):
    """A sequence of records in order of id, each read anew when it is asked for; what is added twice counts once.

    The file has no name and goes with the object.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the object
        weakref.finalize(self, self._file.close)
        self._places: dict[str, _Place] = {}
        self._order: list[str] | None = None
        self._end = 0
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Write a record; of two that say the same the first by source and time stays."""
        record_id, line = encoded(record)
        known = self._places.get(record_id)
        if known and (known.source, known.time) <= (record.source, record.time):
            return
        self._file.seek(self._end)
        self._file.write(line)
        self._places[record_id] = _Place(record.source, record.time, self._end, len(line))
        self._end += len(line)
        self._order = None

    def lines(self) -> Iterator[bytes]:
        """The canonical lines, in order of id."""
        for record_id in self._ids():
            yield self._line(record_id)

    def _ids(self) -> list[str]:
        if self._order is None:
            self._order = sorted(self._places)
        return self._order

    def _line(self, record_id: str) -> bytes:
        place = self._places[record_id]
        self._file.seek(place.offset)
        return self._file.read(place.length)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Record]:
        return (decoded(line) for line in self.lines())

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            return [decoded(self._line(record_id)) for record_id in self._ids()[index]]
        return decoded(self._line(self._ids()[index]))
