"""Asset Inventory exports line by line: a million assets pass through the memory of a few hundred.

`gcloud asset export` writes one JSON object a line, gzip or not; lines of comment occur. Lines are gathered by asset type into
records of some hundred items, redacted, and handed on; what the file says of its own completeness comes last.
"""

import codecs
import gzip
import io
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import msgspec

from collectors.exports import gcp_shapes as shapes
from collectors.exports.gcp import CHUNK, project_of
from collectors.redaction import counted, redact
from graph.model import CoverageEntry, CoverageState, ImportFileError, Record, Scope

_LONGEST = 64 << 20  # bytes of one line
_MOST = 256 << 30  # bytes of one unpacked file
_CHUNK_BYTES = 1 << 20
_BUFFERED = 64 << 20  # bytes of all records that are not full yet
_GZIP = b"\x1f\x8b"
_HEAD = 4 << 20  # of what a packed file begins with
_OFTEN = 2_000  # lines between two looks at progress
_SCOPES = 2  # more than one project: the file tells of all that it was asked about
_decode = msgspec.json.Decoder().decode
Item = Mapping[str, Any]


def is_inventory(head: bytes) -> bool:
    """Whether a file that begins so holds one asset of Asset Inventory a line."""
    for line in _text_head(head).splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith(b"#"):
            try:
                return shapes.is_envelope(_decode(stripped))
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                return False
    return False


def _text_head(head: bytes) -> bytes:
    """The beginning of a file, unpacked and in UTF-8 as far as it goes."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _HEAD)
        except zlib.error:
            return b""
    encoding = _encoding(head)
    if encoding:
        return head.decode(encoding, "ignore").lstrip("\ufeff").encode()
    return head.removeprefix(codecs.BOM_UTF8)


def _encoding(head: bytes) -> str:
    """The UTF-16 that PowerShell writes, or ""."""
    if head.startswith(codecs.BOM_UTF16_LE) or head[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) or head[:1] == b"\0" else ""


def _lines(label: str, raw: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, however it is packed; no line may be longer than any asset is."""
    head = raw.read(2)
    raw.seek(0)
    stream: Any = gzip.GzipFile(fileobj=raw) if head == _GZIP else raw
    stream = io.BufferedReader(stream, 1 << 20) if not hasattr(stream, "peek") else stream
    encoding = _encoding(stream.peek(2)[:2])
    if encoding:
        yield from _transcoded(stream, encoding)
        return
    if stream.peek(3)[:3] == codecs.BOM_UTF8:
        stream.read(3)
    total = 0
    while line := stream.readline(_LONGEST):
        total += len(line)
        if len(line) >= _LONGEST or total > _MOST:
            raise ImportFileError(f"{label}: larger than any export; split it")
        yield line


def _transcoded(stream: Any, encoding: str) -> Iterator[bytes]:
    """Lines of UTF-16 text in UTF-8."""
    text = io.TextIOWrapper(stream, encoding, newline="\n")
    try:
        while line := text.readline(_LONGEST):
            yield line.lstrip("\ufeff").encode()
    finally:
        text.detach()  # the file is closed by who opened it


@dataclass(slots=True)
class Reading:
    """One file on its way through: records go to `keep`, what is counted and known stays here."""

    label: str
    keep: Callable[[Record], None]
    seen: Callable[[int], None]  # told the line every now and then; may cancel by an exception
    redactions: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    items: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    sizes: Counter[str] = field(default_factory=Counter)
    shallow: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    problem: str = ""

    def read(self, raw: BinaryIO) -> None:
        """Everything; an ImportFileError in the middle leaves what came before it, marked as a part."""
        try:
            for line in _lines(self.label, raw):
                self.lines += 1
                if self.lines % _OFTEN == 0:
                    self.seen(self.lines)
                stripped = line.strip()
                if stripped and not stripped.startswith(b"#"):
                    self._take(stripped)
        except (EOFError, OSError, zlib.error, UnicodeError):
            self.problem = (
                f"{self.label}: line {self.lines}: the file is damaged or cut off; export it again"
            )
        except ImportFileError as error:
            self.problem = str(error)
        for kind in sorted(self.items):
            self._flush(kind)

    def _take(self, line: bytes) -> None:
        try:
            item = _decode(line)
        except (msgspec.DecodeError, RecursionError):
            raise ImportFileError(
                f"{self.label}: line {self.lines}: not JSON or cut off; export it again"
            ) from None
        if not shapes.is_envelope(item):
            raise ImportFileError(
                f"{self.label}: line {self.lines}: no asset of Asset Inventory; export the file again"
            )
        if item.get("deleted") is True:
            return
        if len(self.projects) < 2 * _SCOPES:
            self.projects.add(project_of(item))
        for content in shapes.contents(item):
            self.kinds.add(content.kind)
            if content.shallow:
                self.shallow[content.kind] = content.shallow
            items = self.items[content.kind]
            items.append(content.item)
            self.sizes[content.kind] += len(line)
            if len(items) >= CHUNK or self.sizes[content.kind] >= _CHUNK_BYTES:
                self._flush(content.kind)
        if self.lines % _OFTEN == 0 and sum(self.sizes.values()) > _BUFFERED:
            for kind, _ in self.sizes.most_common(len(self.sizes) // 2):
                self._flush(kind)

    def _flush(self, kind: str) -> None:
        items = self.items.pop(kind, [])
        self.sizes.pop(kind, None)
        if not items:
            return
        operation = f"gcp:{kind}"
        body, dropped = redact(operation, {"items": items})
        self.redactions.update(counted(dropped))
        self.keep(
            Record(source="gcp-export", operation=operation, scope=Scope(provider="gcp"), body=body)
        )

    def coverage(self) -> Iterator[CoverageEntry]:
        """One line a type: whole if the file is, for its one project or for all that it was asked about."""
        ids = {name for name in self.projects if name and not name.isdigit()}
        numbers = {name for name in self.projects if name.isdigit()}
        single = "" not in self.projects and len(ids) < _SCOPES and len(numbers) < _SCOPES
        account = next(iter(ids or numbers), "") if single else ""
        for kind in sorted(self.kinds):
            reason = self.problem and "the file is damaged or cut off"
            reason = reason or self.shallow.get(kind, "")
            yield CoverageEntry(
                operation=f"gcp:{kind}",
                scope=Scope(provider="gcp", account=account),
                state=CoverageState.PARTIAL if reason else CoverageState.COMPLETE,
                reason=reason,
            )
