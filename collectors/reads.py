"""What a collector may read, as data: the live engine runs these, coverage and least-privilege policies follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A call for each item of a list; `params` maps a parameter to a pointer into the item ("" = the item itself).

    A pointer that starts with "^" reads from the parent's parameters instead of the item.
    """

    operation: str  # API name in PascalCase, of the parent's client unless `client` is set
    params: Mapping[str, str]
    client: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()  # error codes that mean "read, and not set"
    may_be_empty: bool = False  # an answer without any member means the same
    items: str = ""  # pointer to a list in this answer, for further details
    details: tuple["Detail", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A list call and what follows from each of its items."""

    client: str  # boto3 client name, such as "bedrock-agent"
    operation: str  # API name in PascalCase: "ListAgents"
    scope: Literal["global", "region", "organization"] = "region"
    params: Mapping[str, Any] = field(default_factory=dict)
    items: str = ""  # pointer to the list whose items have details, such as "/Buckets"
    details: tuple[Detail, ...] = ()
    absent: tuple[str, ...] = ()
    may_be_empty: bool = False
