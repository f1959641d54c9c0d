"""One id for each thing: project numbers become ids, stand-ins (unique ids, group names) the members that they stand for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from collectors.gcp import names
from collectors.gcp.accounts import GROUP_NAME, UNIQUE
from collectors.gcp.answer import Piece
from collectors.gcp.hierarchy import PROJECT
from graph.model import Asset

_STAND_INS = (UNIQUE, GROUP_NAME)
_NUMBERED = "//cloudresourcemanager.googleapis.com/projects/"


def settled(pieces: Sequence[Piece], stand_ins: Mapping[str, str]) -> list[Piece]:
    """The pieces with every id in its one spelling."""
    projects = _projects(pieces)
    one = _spell(projects, stand_ins)
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Asset):
            found.append(_settled_asset(piece, one, projects))
        else:
            found.append(replace(piece, source=one(piece.source), target=one(piece.target)))
    return found


def _spell(projects: Mapping[str, str], stand_ins: Mapping[str, str]) -> Callable[[str], str]:
    def one(text: str) -> str:
        if text.startswith("//"):
            number = names.numbered(text)
            return names.with_project(text, projects[number]) if number in projects else text
        if text.startswith(_STAND_INS):
            return stand_ins.get(text) or _unknown(text)
        return text

    return one


def _unknown(text: str) -> str:
    """A stand-in that nothing resolved is at least a name."""
    if text.startswith(GROUP_NAME):
        return f"//cloudidentity.googleapis.com/groups/{text.removeprefix(GROUP_NAME)}"
    return f"serviceAccount:{text.removeprefix(UNIQUE)}"


def _projects(pieces: Sequence[Piece]) -> Mapping[str, str]:
    """Project ids by number."""
    return {
        str(piece.properties["number"]): names.last(piece.id)
        for piece in pieces
        if isinstance(piece, Asset) and piece.kind == PROJECT and piece.properties.get("number")
    }


def _settled_asset(piece: Asset, one: Callable[[str], str], projects: Mapping[str, str]) -> Asset:
    properties = piece.properties
    changed = {
        name: after
        for name, value in properties.items()
        if (after := _settled_value(value, one)) is not value
    }
    found = one(piece.id)
    account = projects.get(piece.account, piece.account)
    if not changed and found == piece.id and account == piece.account:
        return piece
    return replace(
        piece,
        id=found,
        account=account,
        properties={**properties, **changed} if changed else properties,
    )


def _settled_value(value: Any, one: Callable[[str], str]) -> Any:
    if isinstance(value, str) and value.startswith("//"):
        after = one(value)
        return value if after == value else after
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        spelled = [one(item) if item.startswith("//") else item for item in value]
        return value if spelled == value else spelled
    return value
