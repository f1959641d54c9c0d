"""One spelling for each id: Azure compares ids without case, and exports differ in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collectors.azure.ids import subscription
from collectors.azure.standins import stand_ins
from graph.estate import Piece
from graph.model import Asset


def settled(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with every id as the asset that has it spells it, and stand-in ids resolved."""
    spelled = _spellings(pieces)
    known = stand_ins(pieces)

    def one(text: str) -> str:
        text = known.get(text.lower(), text)
        return spelled.get(text.lower(), text)

    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Asset):
            asset_id = one(piece.id)
            owner = piece.account or subscription(asset_id)
            found.append(replace(piece, id=asset_id, account=owner))
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
