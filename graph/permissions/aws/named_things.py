"""Action and Resource elements: which actions and resources a statement is about."""

from functools import lru_cache

from graph.model import Verdict
from graph.permissions.aws.conditions import FAILS, HOLDS, Outcome
from graph.permissions.aws.context import Context
from graph.permissions.aws.patterns import Check, matches, resource_pattern
from graph.permissions.aws.variables import has_variables, resolve

_COLONS = 5  # of a whole ARN
_EVERYTHING = ("*", "*:*")


class Actions:
    """Action or, `excluded`, NotAction. Names are compared without case; a service prefix has no wildcards."""

    __slots__ = ("excluded", "texts")

    def __init__(self, texts: tuple[str, ...], *, excluded: bool) -> None:
        self.texts = texts
        self.excluded = excluded

    def name(self, action: str) -> bool:
        """Whether an action, in lower case, is meant."""
        for text in self.texts:
            if _means(text, action):
                return not self.excluded
        return self.excluded


@lru_cache(maxsize=131_072)
def _means(text: str, action: str) -> bool:
    """Whether one entry of an Action element means an action."""
    lowered = text.lower()
    if lowered in _EVERYTHING:
        return True
    service, colon, _ = lowered.partition(":")
    if not colon or not action.startswith(service + ":"):
        return False
    return matches(lowered, action) if "*" in lowered or "?" in lowered else lowered == action


class Resources:
    """Resource or, `excluded`, NotResource. `templates` hold policy variables and are resolved for each request."""

    __slots__ = ("_checks", "_completed", "excluded", "templates", "texts", "version")

    def __init__(
        self, texts: tuple[str, ...], version: str, *, excluded: bool, completed: bool
    ) -> None:
        self.texts = texts
        self.version = version
        self.excluded = excluded
        self._completed = completed
        self._checks: tuple[Check, ...] | None = None
        self.templates: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """One check for each text without variables, made when the first is asked for."""
        if self._checks is None:
            plain: list[Check] = []
            for text in self.texts:
                if has_variables(text, self.version):
                    self.templates += (text,)
                elif "*" not in text and "?" not in text and text.count(":") >= _COLONS:
                    plain.append(text.__eq__)
                else:
                    plain.append(resource_pattern(text, completed=self._completed).matches)
            self._checks = tuple(plain)
        return self._checks

    def outcome(self, resource: str, context: Context) -> Outcome:
        """Whether a resource is meant, which a variable that nobody knows leaves open."""
        for check in self.checks:
            if check(resource):
                return FAILS if self.excluded else HOLDS
        if self.templates:
            return self._with_variables(resource, context)
        return HOLDS if self.excluded else FAILS

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
        if self.excluded or any(check(resource) for check in self.checks):
            return True
        return bool(self.templates)

    def _matches(self, text: str, resource: str) -> bool:
        return resource_pattern(text, completed=self._completed).matches(resource)
