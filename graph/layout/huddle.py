"""Discs put close together without touching; what is connected comes near."""

import numpy as np

from graph.layout.placement import Floats
from graph.progress import CancelCheck, never, stop_if

GOLDEN = np.pi * (3 - np.sqrt(5))
PULL, TIE = 0.05, 0.5  # towards the middle; towards what it is connected to
WORK = 6e7  # pairs looked at; many discs get fewer rounds


def huddle(
    radii: Floats,
    ties: Floats | None = None,
    *,
    gap: float,
    shape: float = 1.0,
    cancelled: CancelCheck = never,
) -> Floats:
    """Centres (k, 2) of discs that keep `gap` between them, around the origin.

    `ties` (k, k) are weights, symmetric; `shape` is about the width by the height of all of it.
    """
    k = len(radii)
    if k < 2:  # noqa: PLR2004 - one disc stands in the middle
        return np.zeros((k, 2))
    room = radii + gap / 2
    centres = _spiral(room)
    pull = np.zeros((k, k)) if ties is None else ties / max(float(ties.sum(axis=1).max()), 1e-9)
    home = PULL * np.array([1 / shape, shape])
    rounds = int(np.clip(WORK / k**2, 16, 220))
    for turn in range(rounds):
        stop_if(cancelled)
        fade = 1 - turn / rounds
        tied = pull @ centres - pull.sum(axis=1)[:, None] * centres
        centres += fade * (TIE * tied) - home * centres
        _push(centres, room, rounds=3)
    _push(centres, room, rounds=40)
    return _loose(centres, room)


def _spiral(room: Floats) -> Floats:
    """The largest in the middle, the others around it in a sunflower."""
    order = np.argsort(-room, kind="stable")
    reach = np.sqrt(np.cumsum(room[order] ** 2) - room[order] ** 2 / 2) * 1.1
    angle = np.arange(len(room)) * GOLDEN
    centres = np.empty((len(room), 2))
    centres[order] = reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    centres[order[0]] = 0
    return centres


def _push(centres: Floats, room: Floats, rounds: int) -> None:
    """Part those that overlap, the smaller one further."""
    need = room[:, None] + room[None]
    share = room[None] ** 2 / (room[:, None] ** 2 + room[None] ** 2)
    np.fill_diagonal(need, 0)
    for _ in range(rounds):
        away = centres[:, None] - centres[None]
        far = np.sqrt((away**2).sum(axis=2)) + 1e-9
        lack = np.maximum(need - far, 0)
        if lack.max() < 1e-3:  # noqa: PLR2004 - a thousandth of a pixel
            return
        centres += (away * (lack / far * share)[:, :, None]).sum(axis=1) * 0.7


def _loose(centres: Floats, room: Floats) -> Floats:
    """If any still overlap, all move apart until none does."""
    away = centres[:, None] - centres[None]
    far = np.sqrt((away**2).sum(axis=2))
    np.fill_diagonal(far, np.inf)
    need = room[:, None] + room[None]
    scale = float((need / np.maximum(far, 1e-6)).max())
    return centres * max(1.0, scale)


def around(centres: Floats, radii: Floats) -> tuple[Floats, float]:
    """A circle (centre, radius) around discs, at most a few per cent larger than the smallest (Bădoiu and Clarkson, 2003)."""
    if len(radii) == 1:
        return centres[0].copy(), float(radii[0])
    middle = centres.mean(axis=0)
    for turn in range(1, 60):
        far = np.hypot(*(centres - middle).T) + radii
        worst = int(far.argmax())
        middle += (centres[worst] - middle) / (turn + 1) * (1 - radii[worst] / far[worst])
    return middle, float((np.hypot(*(centres - middle).T) + radii).max())
