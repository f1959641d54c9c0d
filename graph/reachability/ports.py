"""Ports as sorted spans: what several rules together leave open, and how that is spelled."""

from collections.abc import Iterable, Sequence

Ports = tuple[str, int, int]  # protocol ("-1" = any), first, last
LAST_PORT = 65535
EVERY: tuple[Ports, ...] = (("tcp", 0, LAST_PORT), ("udp", 0, LAST_PORT))


def spell(ports: Iterable[Ports]) -> list[str]:
    """`tcp/443`, `udp/8000-8100`, `all`."""
    return [_spelled(*each) for each in ports]


def _spelled(protocol: str, first: int, last: int) -> str:
    if protocol == "-1":
        return "all"
    if (first, last) == (0, LAST_PORT):
        return f"{protocol}/all"
    return f"{protocol}/{first}" if first == last else f"{protocol}/{first}-{last}"


def common(some: Iterable[Ports], others: Sequence[Ports]) -> list[Ports]:
    """What both speak of; neither may hold "-1"."""
    return sorted(
        (protocol, max(first, low), min(last, high))
        for protocol, first, last in some
        for other, low, high in others
        if protocol == other and max(first, low) <= min(last, high)
    )


def without(some: Iterable[Ports], taken: Iterable[Ports]) -> list[Ports]:
    """What is left of some ports; neither may hold "-1"."""
    left = list(some)
    for protocol, low, high in taken:
        left = [
            piece
            for each in left
            for piece in (_around(each, low, high) if each[0] == protocol else [each])
        ]
    return left


def _around(ports: Ports, low: int, high: int) -> list[Ports]:
    protocol, first, last = ports
    if high < first or last < low:
        return [ports]
    pieces = [(protocol, first, low - 1), (protocol, high + 1, last)]
    return [piece for piece in pieces if piece[1] <= piece[2]]
