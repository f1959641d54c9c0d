"""A record that is being mapped: its place settled, its id computed once, its neighbours' names at hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.aws.arn import is_arn, partition_of
from collectors.origin import Origin

Known = Mapping[tuple[str, str], Mapping[str, str]]  # (what, account) -> name -> id or other fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a mapper reads. `known` holds what other records say of a name (a user's path, a key's alias)."""

    record: str
    operation: str
    account: str
    region: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    known: Known = field(default_factory=dict)
    origin: Origin | None = (
        None  # where the values stand in the raw record, if they were translated
    )

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """The ARN of a thing of this answer's account and region."""
        where = self.region if region is None else region
        return f"arn:{partition_of(self.region)}:{service}:{where}:{self.account}:{resource}"

    def principal(self, what: str, name: str) -> str:
        """The ARN of a user, group or role by name; its path is known only where it was described."""
        if is_arn(name):
            return name
        return self.fact(what, name) or self.arn("iam", f"{what}/{name}", region="")

    def fact(self, what: str, name: str) -> str | None:
        """What another record of the account says of a name."""
        return self.all(what).get(name)

    def all(self, what: str) -> Mapping[str, str]:
        """All that other records of the account say of a sort of name."""
        return self.known.get((what, self.account), {})


Fact = tuple[str, str, str]  # what, name, id or other fact
Facts = Callable[[Answer], Iterator[Fact]]
