"""Action and Resource elements, compiled: exact names in a set, patterns beside them."""

from graph.model import Verdict
from graph.permissions.aws.conditions import FAILS, HOLDS, Outcome
from graph.permissions.aws.context import Context
from graph.permissions.aws.patterns import Pattern, pattern, resource_pattern
from graph.permissions.aws.variables import has_variables, resolve

_EVERYTHING = ("*", "*:*")


class Actions:
    """Action or, `excluded`, NotAction. Names are compared without case; a service prefix has no wildcards."""

    __slots__ = ("exact", "excluded", "patterns", "texts")

    def __init__(self, texts: tuple[str, ...], *, excluded: bool) -> None:
        self.texts = texts
        self.excluded = excluded
        lowered = [text.lower() for text in texts]
        self.exact = frozenset(text for text in lowered if "*" not in text and "?" not in text)
        self.patterns: tuple[Pattern, ...] = tuple(
            pattern("*" if text in _EVERYTHING else text)
            for text in lowered
            if text not in self.exact and (text in _EVERYTHING or _is_of_a_service(text))
        )

    def name(self, action: str) -> bool:
        """Whether an action, in lower case, is meant."""
        hit = action in self.exact or any(item.matches(action) for item in self.patterns)
        return hit is not self.excluded


def _is_of_a_service(text: str) -> bool:
    service, colon, _ = text.partition(":")
    return bool(colon) and "*" not in service and "?" not in service


class Resources:
    """Resource or, `excluded`, NotResource. `templates` hold policy variables and are resolved for each request."""

    __slots__ = ("exact", "excluded", "completed", "patterns", "templates", "version")  # fmt: skip  # noqa: RUF023 - in order of the rule

    def __init__(
        self, texts: tuple[str, ...], version: str, *, excluded: bool, completed: bool
    ) -> None:
        self.version = version
        self.excluded = excluded
        self.completed = completed
        self.templates = tuple(text for text in texts if has_variables(text, version))
        plain = [text for text in texts if not has_variables(text, version)]
        self.exact = frozenset(text for text in plain if _is_exact(text))
        self.patterns = tuple(
            resource_pattern(text, completed=completed) for text in plain if not _is_exact(text)
        )

    def outcome(self, resource: str, context: Context) -> Outcome:
        """Whether a resource is meant, which a variable that nobody knows leaves open."""
        if resource in self.exact or any(item.matches(resource) for item in self.patterns):
            return FAILS if self.excluded else HOLDS
        missing: list[str] = []
        for text in self.templates:
            put = resolve(text, context, version=self.version)
            if put.unknown:
                missing.append(put.unknown)
            elif put.text is not None and self._matches(put.text, resource):
                return FAILS if self.excluded else HOLDS
        if missing:
            return Outcome(Verdict.UNDECIDED, tuple(missing))
        return HOLDS if self.excluded else FAILS

    def may_mean(self, resource: str) -> bool:
        """Cheap: whether a resource could be meant, whatever the request's context."""
        if self.excluded or self.templates:
            return True
        return resource in self.exact or any(item.matches(resource) for item in self.patterns)

    def _matches(self, text: str, resource: str) -> bool:
        return resource_pattern(text, completed=self.completed).matches(resource)


def _is_exact(text: str) -> bool:
    return "*" not in text and "?" not in text and text.count(":") >= 5  # noqa: PLR2004 - the colons of a whole ARN
