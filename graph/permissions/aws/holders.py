"""Who could hold an action on which resources: statements are laid over resources once, not request by request.

Resources are sorted, so that the literal beginning of a pattern leads to the run of those that it could mean. What is found
here is a candidate; the decision looks at every layer.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from graph.permissions.aws.document import Policy, Statement
from graph.permissions.aws.principals import Principals
from graph.permissions.aws.world import World

_AFTER_ALL = "\U0010ffff"


class Holders:
    """Candidates by identity policies for one action, among these callers and resources."""

    def __init__(
        self, world: World, action: str, resources: Iterable[str], callers: Collection[str]
    ) -> None:
        self._action = action.lower()
        self._resources = sorted(set(resources))
        self._meant: dict[int, tuple[str, ...]] = {}
        found: dict[str, list[str]] = defaultdict(list)
        for caller in callers:
            for resource in self._of(world.identity_policies(caller)):
                found[resource].append(caller)
        self._by_resource: Mapping[str, Sequence[str]] = found
        self._wholes = frozenset(item for item in self._resources if item.endswith("/*"))
        self._parts = self._found_parts(world, callers) if self._wholes else {}

    def of(self, resource: str) -> Sequence[str]:
        """Callers that some statement of their own may allow it, in the order in which they were given."""
        return self._by_resource.get(resource, ())

    def parts_of(self, resource: str) -> Mapping[str, Sequence[str]]:
        """Of a resource that ends with /*: by caller, patterns of a part of it that some statement may allow."""
        return self._parts.get(resource, {})

    def _found_parts(
        self, world: World, callers: Iterable[str]
    ) -> Mapping[str, Mapping[str, Sequence[str]]]:
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for caller in callers:
            for policy in world.identity_policies(caller):
                for statement in policy.about(self._action):
                    for text in (statement.resources or ()) if statement.allows else ():
                        whole = self._whole(text)
                        if whole:
                            name = caller.rpartition("/")[2]
                            found[whole][caller].append(text.replace("${aws:username}", name))
        return found

    def _whole(self, text: str) -> str:
        """The resource that a pattern is a part of; "" if of none, or if it is all of it."""
        at = text.find("/")
        while at >= 0:
            whole = text[: at + 1] + "*"
            if whole in self._wholes:
                return "" if text == whole else whole
            at = text.find("/", at + 1)
        return ""

    def _of(self, policies: Iterable[Policy]) -> Sequence[str]:
        several = [found for policy in policies if (found := self._by_policy(policy))]
        return (
            several[0] if len(several) == 1 else tuple(dict.fromkeys(r for s in several for r in s))
        )

    def _by_policy(self, policy: Policy) -> tuple[str, ...]:
        """Shared policies are laid over the resources once."""
        key = id(policy)
        if key not in self._meant:
            spoken = (item for item in policy.about(self._action) if item.allows)
            self._meant[key] = tuple(
                dict.fromkeys(r for s in spoken for r in self._by_statement(s))
            )
        return self._meant[key]

    def _by_statement(self, statement: Statement) -> Iterator[str]:
        about = statement.about
        if about is None or about.excluded:
            yield from (r for r in self._resources if about is None or about.may_mean(r))
            return
        for text in about.texts:
            for resource in self._beginning(literal_start(text)):
                if about.may_mean(resource):
                    yield resource

    def _beginning(self, start: str) -> Sequence[str]:
        first = bisect_left(self._resources, start)
        return self._resources[first : bisect_left(self._resources, start + _AFTER_ALL)]


def literal_start(text: str) -> str:
    """What every text that a pattern matches begins with."""
    ends = [at for mark in ("*", "?", "${") if (at := text.find(mark)) >= 0]
    return text[: min(ends)] if ends else text


def named_callers(elements: Iterable[Principals], callers: Mapping[str, object]) -> Iterator[str]:
    """Those of the callers (keys) that Principal elements name otherwise than through their account."""
    for element in elements:
        if element.everybody:
            yield from callers
        elif element.arns:
            yield from (arn for arn in element.arns if arn in callers)
