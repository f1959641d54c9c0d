"""Canaries: made-up secrets that must not be found again in anything that Modelhound writes, in whatever spelling."""

import base64
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

PLAIN = "Zq{0:04d}vKx{0:04d}canary"  # looks like nothing: only its place tells
SHAPES = (  # look like secrets wherever they stand
    "ghp_{0:04d}bcdefghijklmnopqrstuvwxyzABCDEFG",
    "sk-proj-{0:04d}bCdEfGhIjKlMnOpQrStUvWxYz",
    "xoxb-{0:04d}234567890-abcdefghij",
    "hf_{0:04d}bCdEfGhIjKlMnOpQrStUv",
    "AIzaSyA{0:04d}CdEfGhIjKlMnOpQrStUvWxYz0123",
    "AKIA{0:04d}WERTYUIOPASD",
    "eyJhbGciOi{0:04d}.eyJzdWIiOi{0:04d}.c2lnbmF0dXJl{0:04d}",
    "wJalrXUtnFEMI{0:04d}7MDENGbPxRfiCY2EXq5pL9d",
    "postgres://app:pw{0:04d}canary@db.internal/prod",
    "https://user{0:04d}:pw{0:04d}canary@git.example.com/a.git",
    "password=pw{0:04d}canary",
    '"api_key": "pw{0:04d}canary"',
    "Server=db;Password=pw{0:04d}canary;",
    "DefaultEndpointsProtocol=https;AccountKey=pw{0:04d}canary==",
    "https://a.blob.core.windows.net/c?sv=2024&sig=pw{0:04d}canary%3D",
    "https://b.s3.amazonaws.com/x?X-Amz-Signature=pw{0:04d}canary",
    "-----BEGIN PRIVATE KEY-----\npw{0:04d}canary\n-----END PRIVATE KEY-----",
    "Authorization: Bearer pw{0:04d}canarycanary",
)


class Canaries:
    """Hands out secrets, each once, and remembers what must not be found."""

    def __init__(self) -> None:
        self._numbers = count(1000)
        self.secrets: list[str] = []

    def plain(self) -> str:
        """A secret that only its place tells."""
        secret = PLAIN.format(next(self._numbers))
        self.secrets.append(secret)
        return secret

    def encoded(self) -> str:
        """A script in base64 that sets a secret."""
        return base64.b64encode(f"#!/bin/sh\nexport A={self.plain()}\n".encode()).decode()

    def look(self) -> str:
        """A text with a secret in it that its look tells; one shape after the other."""
        number = next(self._numbers)
        text = SHAPES[number % len(SHAPES)].format(number)
        inner = f"pw{number:04d}canary"
        self.secrets.append(inner if inner in text else text)
        return f"see {text} there"

    def looks(self) -> list[str]:
        """A text of every shape."""
        return [self.look() for _ in SHAPES]

    def tags(self) -> list[dict[str, str]]:
        """Tags whose names tell that their values are secrets."""
        names = ("db_password", "ApiKey", "OPENAI_API_KEY", "client-secret")
        return [{"Key": name, "Value": self.plain()} for name in names]


def leaked(secrets: list[str], content: bytes) -> list[str]:
    """The secrets that stand in the bytes, in any spelling."""
    return [secret for secret in secrets if any(form in content for form in spellings(secret))]


def spellings(secret: str) -> Iterator[bytes]:
    """As it stands, in UTF-16, hex, percent signs and base64."""
    plain = secret.encode()
    yield plain
    yield secret.encode("utf-16-le")
    yield secret.encode("utf-16-be")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield quote(secret, safe="").encode()
    yield "".join(f"%{byte:02X}" for byte in plain).encode()
    for shift in range(3):  # base64 at each of the three alignments, without its ends
        encoded = base64.b64encode(b"x" * shift + plain)
        yield encoded[4 : len(encoded) // 4 * 4 - 4]


def bytes_of(path: Path) -> bytes:
    """A zip and what is in it."""
    with zipfile.ZipFile(path) as archive:
        return path.read_bytes() + b"".join(archive.read(name) for name in archive.namelist())
