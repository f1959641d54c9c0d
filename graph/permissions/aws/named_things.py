"""Action and Resource elements: which actions and resources a statement is about."""

from functools import lru_cache

from graph.model import Verdict
from graph.permissions.aws.conditions import FAILS, HOLDS, Outcome
from graph.permissions.aws.context import Context
from graph.permissions.aws.patterns import Check, matches, resource_pattern
from graph.permissions.aws.variables import has_variables, resolve

_COLONS = 5  # of a whole ARN
_EVERYTHING = ("*", "*:*")


@lru_cache(maxsize=131_072)
def means(text: str, action: str) -> bool:
    """Whether one entry of an Action element means an action in lower case; a service prefix has no wildcards."""
    lowered = text.lower()
    if lowered in _EVERYTHING:
        return True
    service, colon, _ = lowered.partition(":")
    if not colon or not action.startswith(service + ":"):
        return False
    return matches(lowered, action) if "*" in lowered or "?" in lowered else lowered == action


class Resources:
    """Resource or, `excluded`, NotResource. `templates` hold policy variables and are resolved for each request."""

    __slots__ = (
        "_checks", "_completed", "_prefixes", "_whole", "excluded", "templates", "texts", "version",
    )  # fmt: skip

    def __init__(
        self, texts: tuple[str, ...], version: str, *, excluded: bool, completed: bool
    ) -> None:
        self.texts = texts
        self.version = version
        self.excluded = excluded
        self._completed = completed
        templates: list[str] = []
        whole: list[str] = []
        prefixes: list[str] = []
        checks: list[Check] = []
        for text in texts:
            start = text.removesuffix("*")
            if has_variables(text, version):
                templates.append(text)
            elif "*" in start or "?" in start or start.count(":") < _COLONS:
                checks.append(resource_pattern(text, completed=completed).matches)
            elif start is text:
                whole.append(text)
            else:
                prefixes.append(start)
        self.templates = tuple(templates)
        self._whole = tuple(whole)  # ARNs without a wildcard
        self._prefixes = tuple(prefixes)  # what stands before the one * at the end of an ARN
        self._checks = tuple(checks)  # all others

    def outcome(self, resource: str, context: Context) -> Outcome:
        """Whether a resource is meant, which a variable that nobody knows leaves open."""
        if self._matches_plainly(resource):
            return FAILS if self.excluded else HOLDS
        if self.templates:
            return self._with_variables(resource, context)
        return HOLDS if self.excluded else FAILS

    def _matches_plainly(self, resource: str) -> bool:
        if resource.startswith(self._prefixes) or resource in self._whole:
            return True
        return bool(self._checks) and any(check(resource) for check in self._checks)

    def _with_variables(self, resource: str, context: Context) -> Outcome:
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
        return self.excluded or self._matches_plainly(resource) or bool(self.templates)

    def _matches(self, text: str, resource: str) -> bool:
        return resource_pattern(text, completed=self._completed).matches(resource)
