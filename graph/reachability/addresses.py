"""Address ranges as rules name them: which of them mean anywhere."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

ANYWHERE = {"*", "any", "internet", "0.0.0.0/0", "::/0"}
WIDE = 2**24  # addresses: rules that let in as many as a /8 let in whoever wants to come


def is_wide(prefixes: Iterable[object]) -> bool:
    """Whether address ranges together let in a large part of the Internet."""
    return _are_wide(tuple(str(text).lower() for text in prefixes))


@lru_cache(10_000)  # an estate asks for few different lists, many times
def _are_wide(texts: tuple[str, ...]) -> bool:
    ranges = [
        found
        for text in texts
        if isinstance(found := network(text), ipaddress.IPv4Network) and not found.is_private
    ]
    total = sum(each.num_addresses for each in ipaddress.collapse_addresses(ranges))
    return total >= WIDE or bool(ANYWHERE & set(texts))


@lru_cache(100_000)
def network(text: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A network for `10.0.0.0/8` or one address; None for a name."""
    try:
        return ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        return None
