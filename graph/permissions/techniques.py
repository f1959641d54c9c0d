"""Escalation techniques of every cloud as words: what is done, how it is seen, how it is stopped.

One table a technique in resources/permissions/techniques/<cloud>/*.toml. What a cloud needs beyond the words to find the
technique in an estate stands in the same table and is read by that cloud's own module.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.content import toml_files
from graph.model import ContentError

_FOLDER = "permissions/techniques"
_NAME = re.compile(r"(?<!\$)\{([^{}]*)\}")
_TEXTS = ("title", "how", "detect", "break")


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """`how` and the other texts may use {source} and {target}; `row` is the whole table, `file` where it stands."""

    id: str
    title: str
    services: tuple[str, ...]
    prerequisites: str
    how: str
    detect: str
    remedy: str  # how to break it
    attack: tuple[str, ...]  # MITRE ATT&CK ids
    row: Mapping[str, Any]
    file: str

    def wrong(self, key: str, what: str) -> ContentError:
        """An error that names file and key."""
        return ContentError(f"resources/{self.file}: {self.id}.{key}: {what}")


@cache
def techniques() -> Mapping[str, Technique]:
    """Every shipped technique by id."""
    found: dict[str, Technique] = {}
    for path, content in toml_files(_FOLDER):
        for technique in read(path, content):
            if technique.id in found:
                raise technique.wrong("id", f"is also in {found[technique.id].file}")
            found[technique.id] = technique
    return found


def of_cloud(cloud: str) -> tuple[Technique, ...]:
    """The techniques of one cloud, in the order of their files."""
    start = f"{_FOLDER}/{cloud}/"
    return tuple(item for item in techniques().values() if item.file.startswith(start))


def technique(technique_id: str) -> Technique | None:
    """One technique, or None for an id that nothing describes."""
    return techniques().get(technique_id)


def read(path: str, content: Mapping[str, Any]) -> Iterator[Technique]:
    """The techniques of one file. Raises ContentError with file and key."""
    for name, row in content.items():
        if not isinstance(row, Mapping):
            raise ContentError(f"resources/{path}: {name}: is not the table of a technique")
        for key in _TEXTS:
            if not isinstance(row.get(key), str) or not row[key].strip():
                raise ContentError(f"resources/{path}: {name}.{key}: a text is needed")
        for key in ("services", "attack"):
            if not row.get(key) or not all(isinstance(item, str) for item in row[key]):
                raise ContentError(f"resources/{path}: {name}.{key}: a list of texts is needed")
        found = Technique(
            id=name,
            title=row["title"],
            services=tuple(row["services"]),
            prerequisites=row.get("prerequisites", ""),
            how=row["how"],
            detect=row["detect"],
            remedy=row["break"],
            attack=tuple(row["attack"]),
            row=row,
            file=path,
        )
        _check_names(found)
        yield found


def _check_names(found: Technique) -> None:
    for key in _TEXTS:
        wrong = [name for name in _NAME.findall(found.row[key]) if name not in {"source", "target"}]
        if wrong:
            raise found.wrong(key, f"{{{wrong[0]}}} is neither {{source}} nor {{target}}")


def fill(text: str, names: Mapping[str, str]) -> str:
    """A text with its names; policy variables such as ${aws:username} stand as they are."""
    return _NAME.sub(lambda match: names.get(match[1], match[0]), text)
