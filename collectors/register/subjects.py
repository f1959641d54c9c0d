"""Which asset of the estate a register means: people write ids in any case, URLs of buckets, or plain names."""

from collections.abc import Iterable

from graph.estate import Piece
from graph.model import Asset

_SCHEMES = {"s3://": "arn:aws:s3:::", "gs://": "//storage.googleapis.com/"}


class Subjects:
    """The assets that a register may speak of."""

    def __init__(self, known: Iterable[Piece]) -> None:
        self._ids: dict[str, str] = {}
        self._names: dict[str, set[str]] = {}
        for piece in known:
            if isinstance(piece, Asset):
                self._ids.setdefault(piece.id.lower(), piece.id)
                self._names.setdefault(piece.name.lower(), set()).add(piece.id)

    def find(self, text: str) -> str:
        """The id of the asset that is meant; the text itself if it is none, or the name of several."""
        written = text.strip()
        for scheme, start in _SCHEMES.items():
            if written.startswith(scheme):
                written = start + written.removeprefix(scheme).split("/")[0]
        found = self._ids.get(written.lower())
        if found:
            return found
        named = self._names.get(written.lower(), set())
        return next(iter(named)) if len(named) == 1 else written
