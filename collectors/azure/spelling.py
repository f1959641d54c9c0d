"""One spelling for each id: Azure compares ids without case, and exports differ in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collectors.azure.convert import BLOB
from graph.estate import Piece
from graph.model import Asset

_APP = "app:"  # an application by its client id, until its object is known


def settled(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with every id as the asset that has it spells it, and stand-in ids resolved."""
    spelled = _spellings(pieces)
    stand_ins = _stand_ins(pieces)

    def one(text: str) -> str:
        text = stand_ins.get(text.lower(), text)
        return spelled.get(text.lower(), text)

    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Asset):
            found.append(replace(piece, id=one(piece.id)))
        else:
            ends = one(piece.source), one(piece.target)
            found.append(replace(piece, source=ends[0], target=ends[1]))
    return found


def _spellings(pieces: Sequence[Piece]) -> Mapping[str, str]:
    """Of several spellings that of an asset, and of those one in mixed case, first in order."""
    found: dict[str, tuple[int, str]] = {}

    def note(text: str, rank: int) -> None:
        rank += 2 * (text in {text.lower(), text.upper()})
        lowered = text.lower()
        known = found.get(lowered)
        if known is None or (rank, text) < known:
            found[lowered] = (rank, text)

    for piece in pieces:
        if isinstance(piece, Asset):
            note(piece.id, 0)
        else:
            note(piece.source, 1)
            note(piece.target, 1)
    return {lowered: text for lowered, (_, text) in found.items()}


def _stand_ins(pieces: Sequence[Piece]) -> Mapping[str, str]:
    """Containers by account and name, applications by client id."""
    found: dict[str, str] = {}
    for piece in pieces:
        if not isinstance(piece, Asset):
            continue
        if piece.kind == "Microsoft.Storage/storageAccounts":
            found[piece.id.rpartition("/")[2].lower()] = piece.id
        elif piece.kind == "Microsoft.Graph/applications" and piece.properties.get("client_id"):
            found[_APP + str(piece.properties["client_id"]).lower()] = piece.id
    accounts = {name: asset_id for name, asset_id in found.items() if not name.startswith(_APP)}
    result = {name: asset_id for name, asset_id in found.items() if name.startswith(_APP)}
    for piece in pieces:
        if isinstance(piece, Asset):
            continue
        for end in (piece.source, piece.target):
            if end.startswith(BLOB):
                account, _, container = end.removeprefix(BLOB).partition("/")
                if account in accounts:
                    result[end.lower()] = (
                        f"{accounts[account]}/blobServices/default/containers/{container}"
                    )
    return result
