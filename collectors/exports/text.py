"""Bytes of an unknown file to one JSON value: gzip, byte order marks, UTF-16; errors name line and column."""

import re
import zlib
from typing import Any

import msgspec

from graph.model import ImportFileError

MAX_BYTES = 1 << 30
MAX_RATIO, SMALL = (
    200,
    16 << 20,
)  # unpacked to packed; something small may shrink as far as it likes
_GZIP, ZIP = b"\x1f\x8b", b"PK\3\4"
_BYTE = re.compile(r"\(byte (\d+)\)")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_decode = msgspec.json.Decoder().decode


def plain_bytes(label: str, content: bytes) -> bytes:
    """Unpacked and as UTF-8 without a byte order mark."""
    if content.startswith(_GZIP):
        content = _gunzip(label, content)
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:2]:  # UTF-16 text without a mark, such as b"{\0"
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    if encoding is None:
        return content
    try:
        return content.decode(encoding).encode()
    except UnicodeError:
        raise ImportFileError(
            f"{label}: not a text file; choose JSON that a cloud's tool wrote"
        ) from None


def parse(label: str, content: bytes) -> Any:
    """The one JSON value of a file."""
    if not content.strip():
        raise ImportFileError(f"{label}: the file is empty; export it again")
    try:
        return _decode(content)
    except RecursionError:
        raise ImportFileError(
            f"{label}: nested too deeply to be an export; choose another file"
        ) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ImportFileError(_sentence(label, content, str(error))) from None


def _sentence(label: str, content: bytes, problem: str) -> str:
    """What is wrong with a text that is not JSON, and where."""
    if content.lstrip()[:1] not in (b"{", b"["):
        return f"{label}: line 1, column 1: not JSON; choose a file that a cloud's tool wrote"
    if "truncated" in problem:
        line, column = _position(content, len(content))
        return f"{label}: line {line}, column {column}: the file is cut off; export it again"
    found = _BYTE.search(problem)
    offset = int(found[1]) if found else 0
    cause = _BYTE.sub("", problem).removeprefix("JSON is malformed: ").strip()
    if "trailing" in cause:  # the decoder counts the character that it has read already
        offset, cause = offset - 1, "more data follows the JSON value"
    line, column = _position(content, offset)
    return f"{label}: line {line}, column {column}: {cause}; mend the file or export it again"


def _position(content: bytes, offset: int) -> tuple[int, int]:
    before = content[:offset]
    start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[start:].decode(errors="replace")) + 1


def _gunzip(label: str, content: bytes) -> bytes:
    """All members of a gzip file; no more than the limit is ever unpacked."""
    pieces, size = [], 0
    limit = min(MAX_BYTES, max(SMALL, MAX_RATIO * len(content)))
    try:
        while content:
            unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            piece = unpack.decompress(content, limit - size + 1)
            size += len(piece)
            if size > limit:
                raise ImportFileError(
                    f"{label}: unpacks to more than {limit} bytes, far more than an export; unpack it yourself"
                )
            if not unpack.eof:
                raise ImportFileError(f"{label}: the gzip file is cut off; export it again")
            pieces.append(piece)
            content = unpack.unused_data.lstrip(b"\0")
    except zlib.error:
        raise ImportFileError(f"{label}: the gzip file is damaged; export it again") from None
    return b"".join(pieces)
