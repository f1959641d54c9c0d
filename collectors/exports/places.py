"""Of which account and region a saved answer is: its path says, or the ARNs in it, or its neighbours."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

REGION = re.compile(
    r"(?<![a-z0-9])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov|-iso[a-z]?)?-[a-z]+-\d(?![0-9])"
)
ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ARN = re.compile(r"arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:")
_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)[a-z]")
_OWNERS = {
    "ownerid",
    "accountid",
    "account",
    "awsaccountid",
    "owner_id",
    "account_id",
    "owneraccountid",
}
_OTHERS = {"Principal", "NotPrincipal"}
_ENOUGH = 20_000  # values looked at; the place of an answer shows early


@dataclass(frozen=True, slots=True)
class Arn:
    """What matters of an ARN here."""

    service: str
    region: str
    account: str


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region, "" where nothing tells."""

    account: str = ""
    region: str = ""


def named_place(parts: Sequence[str]) -> Place:
    """What the file's name and folders say, the innermost first."""
    account = region = ""
    for part in reversed(parts):
        numbers, regions = ACCOUNT.findall(part), REGION.findall(part.lower())
        account = account or (numbers[-1] if numbers else "")
        region = region or (regions[-1] if regions else "")
    return Place(account, region)


def arns(body: Any) -> Iterator[Arn]:
    """ARNs that stand as the value of a member called ...Arn: of the thing itself more often than of others."""
    for name, value in texts(body):
        if name.lower().endswith(("arn", "arns", "resource")) and (found := _ARN.match(value)):
            yield Arn(found[1], found[2], found[3] or "")


def told_place(body: Any, service: str) -> Place:
    """What an answer says of its own place."""
    found = list(arns(body))
    own = [arn for arn in found if arn.service == service] or found
    account = _commonest(arn.account for arn in own)
    region = _commonest(arn.region for arn in own)
    if not account:
        account = _commonest(
            value
            for name, value in texts(body)
            if name.lower() in _OWNERS and ACCOUNT.fullmatch(value)
        )
    if not region:
        zones = (
            _ZONE.fullmatch(value)
            for name, value in texts(body)
            if name.lower() in {"availabilityzone", "availability_zone"}
        )
        region = _commonest(zone[1] for zone in zones if zone)
    return Place(account, region)


def only(values: Iterable[str]) -> str:
    """The one value that occurs, or ""."""
    found = {value for value in values if value}
    return found.pop() if len(found) == 1 else ""


def _commonest(values: Iterable[str]) -> str:
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else ""


def texts(body: Any) -> Iterator[tuple[str, str]]:
    """(name, text) of the first many texts in an answer, but not of those whom a policy trusts."""
    return islice(_members(body), _ENOUGH)


def _members(body: Any) -> Iterator[tuple[str, str]]:
    """In the order of the answer; a stack, because generators in generators cost each level again."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict):
            waiting += [(key, value[key]) for key in reversed(value) if key not in _OTHERS]
        elif isinstance(value, list):
            waiting += [(name, item) for item in reversed(value)]
