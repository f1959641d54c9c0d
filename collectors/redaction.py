"""What never enters a record: secrets by name, by place and by look; the names of variables stay, their values go.

Names, places and patterns are data in resources/redaction. A dropped value becomes `{"redacted": reason}`, a secret
inside a longer text `[redacted: reason]`; an access key id keeps its kind and last four characters, which tell which
key it is and open nothing. Policy documents keep every name, for they hold conditions, not values.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import re2

from graph.content import read_toml
from graph.model import canonical_json

_ACCESS_KEY_ID = re.compile(r"(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{8,})(?![A-Za-z0-9])")
_SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+=_.-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.-])")
_NO_SECRET = re.compile(r"arn:[a-z-]+:|\d{4}-\d\d-\d\dT")
_NAME = re.compile(r"[A-Za-z0-9_./-]{1,255}$")
_ARN_END = re.compile(r"[\s\"'<>,;=?&]")
_VERSION = re.compile(r"v?\d+$")
_SEPARATORS = re.compile(r"[^a-z0-9]")
_MAY_HOLD_KEY = r"AKIA|ASIA|[A-Za-z0-9/+]{40}"
_PAIRS = (
    ("Key", "Value"), ("key", "value"), ("Name", "Value"), ("name", "value"), ("name", "valueFrom"),
    ("Name", "DefaultValue"), ("ParameterKey", "ParameterValue"), ("ParameterName", "ParameterValue"),
    ("Name", "StringValue"), ("parameter_name", "parameter_value"), ("TagKey", "TagValue"),
    ("OutputKey", "OutputValue"),
)  # fmt: skip
_SHORTEST = 8  # no pattern matches less
_REMEMBERED = 200_000
_MANY_BITS = 4.4  # entropy of 40 random base64 characters is about 4.9, of a path about 4

Path = list[str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Where a value was dropped, and why; never the value."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    reason: str
    regex: Any


@dataclass(frozen=True)
class _Rules:
    """The data of resources/redaction, made ready."""

    names: Mapping[str, Any]
    patterns: tuple[_Pattern, ...]
    suspect: Any
    classes: dict[str, str] = field(default_factory=dict)  # name -> class, "" is none

    def class_of(self, name: str) -> str:
        """secret, environment, content or ""; remembered, for names repeat."""
        found = self.classes.get(name)
        if found is None:
            found = self.classes[name] = self._class_of(_SEPARATORS.sub("", name.lower()))
        return found

    def _class_of(self, name: str) -> str:
        for kind in ("environment", "content"):
            row = self.names[kind]
            if name in row["exact"] or name.endswith(tuple(row["suffix"])):
                return kind
        stem = name
        while stem:
            if self._secret(stem):
                return "secret"
            shorter = _VERSION.sub("", stem)
            if shorter == stem:
                shorter = next(
                    (stem[: -len(e)] for e in self.names["endings"] if stem.endswith(e)), ""
                )
            stem = shorter
        return ""

    def _secret(self, name: str) -> bool:
        row = self.names["secret"]
        if name in row["except"] or name.endswith(tuple(row["about"])):
            return False
        return (
            name in row["exact"]
            or name.endswith(tuple(row["suffix"]))
            or any(part in name for part in row["contains"])
        )


@cache
def _rules() -> _Rules:
    names = read_toml("redaction/names.toml")
    patterns = read_toml("redaction/patterns.toml")
    suspects = [_MAY_HOLD_KEY, *(row["suspect"] for row in patterns.values())]
    return _Rules(
        names=names,
        patterns=tuple(
            _Pattern(reason, re2.compile(row["pattern"])) for reason, row in patterns.items()
        ),
        suspect=re2.compile("|".join(f"(?:{suspect})" for suspect in suspects)),
    )


def redact(operation: str, value: Any) -> tuple[Any, list[Redaction]]:
    """The value without secrets (parts without any are shared with the argument), and what was dropped where."""
    work = _Pass(_rules())
    value = work.places(operation, value)
    return work.value(value), work.found


def counted(redactions: Sequence[Redaction]) -> Counter[str]:
    """Reason -> how many values."""
    return Counter(item.reason for item in redactions)


class _Pass:
    """One walk over one answer; `path` is where the walk stands."""

    def __init__(self, rules: _Rules) -> None:
        self.rules = rules
        self.path: Path = []
        self.found: list[Redaction] = []
        self.clean: set[str] = set()

    # --- what stands where

    def places(self, operation: str, value: Any) -> Any:
        """Drop what the table names by pointer for this operation."""
        for pointer, kind in self.rules.names["at"].get(operation, ()):
            value = self._place(value, pointer.split("/")[1:], kind)
        return value

    def _place(self, value: Any, steps: list[str], kind: str) -> Any:
        if not steps:
            return self.dropped(value, kind)
        if isinstance(value, dict):
            keys = list(value) if steps[0] == "*" else [key for key in value if key == steps[0]]
            return value | {key: self._at(key, value[key], steps[1:], kind) for key in keys}
        if isinstance(value, list) and steps[0] == "*":
            return [self._at(i, item, steps[1:], kind) for i, item in enumerate(value)]
        return value

    def _at(self, step: str | int, value: Any, steps: list[str], kind: str) -> Any:
        self.path.append(step)
        result = self._place(value, steps, kind)
        self.path.pop()
        return result

    # --- the walk

    def value(self, value: Any) -> Any:
        """Any JSON value; dates and bytes of an SDK become text first."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return self.object(value)
        if isinstance(value, list | tuple):
            return self.items(value, self.value)
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, bytes | bytearray):
            return self.drop("binary content", length=len(value))
        return value

    def object(self, value: dict[str, Any]) -> Any:
        """Members by what their names say."""
        if set(value) == {"redacted"} or set(value) == {"redacted", "length"}:
            return value
        if "Statement" in value and isinstance(value["Statement"], list | dict):
            return self.members(value, self.policy_member)
        value = self.pair(value, "")
        return self.members(value, self.member)

    def member(self, name: str, value: Any) -> Any:
        """One member of an object."""
        kind = self.rules.class_of(name)
        if kind == "secret" and isinstance(value, str) and self.refers(value):
            return self.text(value)
        if kind == "secret" or (kind == "content" and value):
            return self.dropped(value, kind)
        if kind == "environment" and isinstance(value, dict | list) and not self.holds_inner(value):
            return self.dropped(value, kind)
        if name in {"AccessKeyId", "access_key_id"} and isinstance(value, str):
            return self.key_id(value)
        return self.value(value)

    def refers(self, value: str) -> bool:
        """Whether a text says which secret of a store is meant: its object is a reference to one."""
        above = [step for step in self.path[:-1] if isinstance(step, str)]
        owner = _SEPARATORS.sub("", above[-1].lower()) if above else ""
        return owner in self.rules.names["secret"]["references"] and bool(_NAME.match(value))

    def holds_inner(self, value: Any) -> bool:
        """An object of settings with the variables one level down, such as Lambda's."""
        inner = self.rules.names["environment"]["inner"]
        objects = value if isinstance(value, list) else [value]
        return any(
            _SEPARATORS.sub("", key.lower()) in inner
            for item in objects
            if isinstance(item, dict)
            for key in item
        )

    def policy_member(self, name: str, value: Any) -> Any:
        """Names of statements mean nothing, so they are text like any other."""
        return self.value(value) if name in {"Sid", "Id"} else self.policy(value)

    def policy(self, value: Any) -> Any:
        """A part of a policy document: only what looks like a secret goes."""
        if isinstance(value, str):
            return self.text(value, policy=True)
        if isinstance(value, dict):
            return self.members(value, self.policy_member)
        return self.items(value, self.policy) if isinstance(value, list) else value

    def members(self, value: dict[str, Any], change: Any) -> dict[str, Any]:
        """The object with changed members; itself if there were none."""
        changed = {}
        for name, item in value.items():
            self.path.append(name)
            after = change(name, item)
            self.path.pop()
            if after is not item:
                changed[name] = after
        result = value | changed if changed else value
        return self.names(result)

    def names(self, value: dict[str, Any]) -> dict[str, Any]:
        """A name may be a secret too (a tag, a header); its look decides."""
        changed = {name: shown for name in value if (shown := self.text(name)) != name}
        if not changed:
            return value
        return {str(changed.get(name, name)): item for name, item in value.items()}

    def items(self, value: Sequence[Any], change: Any) -> Sequence[Any]:
        """The list with changed elements; itself if there were none."""
        result = None
        for index, item in enumerate(value):
            self.path.append(index)
            after = change(item)
            self.path.pop()
            if after is not item:
                result = result or list(value)
                result[index] = after
        return value if result is None else result

    # --- what is dropped

    def dropped(self, value: Any, kind: str) -> Any:
        """Everything below here goes, except names, references and flags."""
        if isinstance(value, dict):
            if set(value) <= {"redacted", "length"} and value:
                return value
            named = self.pair(value, kind)
            return (
                self.members(named, lambda name, item: self.inside(name, item, kind))
                if named is value
                else named
            )
        if isinstance(value, list | tuple):
            return self.items(value, lambda item: self.dropped(item, kind))
        if value is None or isinstance(value, bool) or value == "":
            return value
        return self.dropped_leaf(value, kind)

    def inside(self, name: str, value: Any, kind: str) -> Any:
        """A member of an object that goes; what names the sort of a secret stays."""
        if (
            isinstance(value, str)
            and _SEPARATORS.sub("", name.lower()) in self.rules.names["secret"]["kept"]
        ):
            return self.text(value)
        return self.dropped(value, kind)

    def dropped_leaf(self, value: Any, kind: str) -> Any:
        """A text or number below a name that says what it is."""
        reason = self.rules.names[kind]["reason"]
        if kind == "content":
            return self.drop(reason, length=len(str(value)))
        if kind == "secret":
            if isinstance(value, str) and (
                _NO_SECRET.match(value) or value.lower() in self.rules.names["secret"]["words"]
            ):
                return self.text(value)
            if isinstance(value, int | float) and not self.number_counts():
                return value
        return self.drop(reason)

    def number_counts(self) -> bool:
        """Whether a number under the present name can be a secret."""
        name = next((step for step in reversed(self.path) if isinstance(step, str)), "")
        return any(part in name.lower() for part in self.rules.names["secret"]["numbers"])

    def pair(self, value: dict[str, Any], kind: str) -> dict[str, Any]:
        """`{"Name": …, "Value": …}`: the value goes if the list or the name says so, the name stays."""
        for name, content in _PAIRS:
            if content in value and isinstance(value.get(name), str):
                which = kind or self.rules.class_of(value[name])
                if not which or (which == "environment" and not kind):
                    continue
                self.path.append(content)
                after = self.dropped(value[content], which)
                self.path.pop()
                return value | {content: after}
        return value

    def drop(self, reason: str, *, length: int | None = None) -> dict[str, Any]:
        """The mark that stands for a value that was dropped."""
        self.note(reason)
        return {"redacted": reason} if length is None else {"redacted": reason, "length": length}

    def note(self, reason: str) -> None:
        """Keep the evidence."""
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in self.path)
        self.found.append(Redaction(pointer="".join(f"/{step}" for step in steps), reason=reason))

    # --- what looks like a secret

    def text(self, text: str, *, policy: bool = False) -> str:
        """The text without what looks like a secret; JSON inside a text is walked too."""
        if text in self.clean or (len(text) < _SHORTEST and "\0" not in text):
            return text
        after = self.inner_json(text) if not policy else text
        if after is text and self.rules.suspect.search(text):
            after = self.without_secrets(text, policy=policy)
        after = after.replace("\0", "␀") if "\0" in after else after
        if after == text:
            if len(self.clean) < _REMEMBERED:
                self.clean.add(text)
            return text
        return after

    def inner_json(self, text: str) -> str:
        """An object or list written as a text, such as a container definition."""
        if text[0] not in "{[" or text[-1] not in "}]":
            return text
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return text
        before = len(self.found)
        after = self.value(inner)
        return text if len(self.found) == before else canonical_json(after)

    def without_secrets(self, text: str, *, policy: bool) -> str:
        """Each pattern in turn; in a policy the look of words like "token:" says nothing."""
        text = _ACCESS_KEY_ID.sub(lambda match: self.key_id(match[0]), text)
        text = _SECRET_KEY.sub(self.secret_key, text)
        for pattern in self.rules.patterns:
            if policy and pattern.reason == "secret in a text":
                continue
            text = self.replaced(text, pattern)
        return text

    def replaced(self, text: str, pattern: _Pattern) -> str:
        """The text with every match of one pattern marked."""
        pieces, position = [], 0
        for match in pattern.regex.finditer(text):
            start, end = match.span(1)
            if text.startswith(("[redacted", "arn:"), start) or _in_arn(text, start):
                continue
            pieces += [text[position:start], f"[redacted: {pattern.reason}]"]
            position = end
            self.note(pattern.reason)
        return "".join([*pieces, text[position:]])

    def secret_key(self, match: re.Match[str]) -> str:
        """Forty characters that are as mixed as those of a secret access key."""
        found = match[0]
        mixed = all(any(test(c) for c in found) for test in (str.isupper, str.islower, str.isdigit))
        if not mixed or _entropy(found) < _MANY_BITS:
            return found
        self.note("secret access key")
        return "[redacted: secret access key]"

    def key_id(self, key: str) -> str:
        """An access key id that no longer names the key to anybody else."""
        if "*" in key or len(key) <= _SHORTEST:
            return key
        self.note("access key id")
        return key[:4] + "*" * (len(key) - 8) + key[-4:]


def _in_arn(text: str, position: int) -> bool:
    """Whether a place lies in an ARN, where "secret:" is a resource type."""
    start = text.rfind("arn:", 0, position)
    return start >= 0 and not _ARN_END.search(text, start, position)


def _entropy(text: str) -> float:
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
