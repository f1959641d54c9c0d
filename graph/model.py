"""The words of Modelhound: what is read (Record), what there is (Asset, Relationship), what it means (Finding, AttackPath).

Errors that a user can cause:

    UserError               one clear sentence: what, where, what to do; the command line exits with 2
    ├── SnapshotError       a .hound file that cannot be read or written
    ├── ImportFileError     an export that cannot be read
    ├── CollectionError     a live collection that cannot start
    ├── ContentError        a rule, schema or other data file that does not hold together
    └── StoreError          a workspace or Neo4j store that cannot be used
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Key = tuple[str, str, str]  # a relationship within one graph: source, kind, target


class UserError(Exception):
    """Something the user can mend; its text is shown as it stands."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """Raised inside long work when its `cancelled()` says so."""


class SnapshotError(UserError):
    """A .hound file that cannot be read or written."""


class ImportFileError(UserError):
    """An export that cannot be read."""


class CollectionError(UserError):
    """A live collection that cannot start."""


class ContentError(UserError):
    """A rule, schema or other data file that does not hold together."""


class StoreError(UserError):
    """A workspace or Neo4j store that cannot be used."""


def canonical_json(value: object) -> str:
    """One spelling for one value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


class Verdict(StrEnum):
    """Every statement about an estate has three values; "not collected" is never "not there"."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"

    @staticmethod
    def weakest(verdicts: Iterable["Verdict"]) -> "Verdict":
        """A chain holds as well as its weakest link: no before undecided before yes."""
        found = set(verdicts)
        if Verdict.NO in found:
            return Verdict.NO
        return Verdict.UNDECIDED if Verdict.UNDECIDED in found else Verdict.YES


class RuleVerdict(StrEnum):
    """What a rule says of one asset or one connected path."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    UNDECIDED = "undecided"


class Severity(StrEnum):
    """How bad, from likelihood (1-5) times impact (1-5)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """4 for critical down to 1 for low."""
        return {"critical": 4, "high": 3, "medium": 2, "low": 1}[self.value]

    @classmethod
    def of(cls, likelihood: int, impact: int) -> "Severity":
        """>= 20 critical, >= 12 high, >= 6 medium, else low."""
        score = likelihood * impact
        return next((level for level, least in _LEAST_SCORE.items() if score >= least), cls.LOW)


_LEAST_SCORE = {Severity.CRITICAL: 20, Severity.HIGH: 12, Severity.MEDIUM: 6}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Scope:
    """Where an answer comes from; account is also a subscription or project, region "" is global."""

    provider: str
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordError:
    """The error that a call ended with, as the API named it."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One native answer, pages merged, redacted before it is made.

    `operation` is `<client>:<Operation>` (`sagemaker:ListNotebookInstances`), for Terraform `terraform:<resource type>`.
    Exactly one of body and error is set. `time` is ISO 8601 UTC or "" where the source does not say.
    """

    source: str  # "aws" live, "aws-cli", "gaad", "terraform", ...
    operation: str
    scope: Scope
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    error: RecordError | None = None
    time: str = ""

    @property
    def id(self) -> str:
        """Content address: the same question with the same answer has the same id."""
        identity = [
            self.operation,
            [self.scope.provider, self.scope.account, self.scope.region],
            dict(self.params),
            self.body,
            [self.error.code, self.error.message] if self.error else None,
        ]
        return "r-" + hashlib.sha256(canonical_json(identity).encode()).hexdigest()[:20]


class CoverageState(StrEnum):
    """How much of one list or detail was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # cut off, filtered, or a source that never claims to be whole
    DENIED = "denied"
    FAILED = "failed"
    NOT_OFFERED = "not_offered"  # the service does not exist in that region: known to be empty


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEntry:
    """One line of the ledger: one operation asked in one scope with these parameters."""

    operation: str
    scope: Scope
    params: Mapping[str, Any] = field(default_factory=dict)
    state: CoverageState
    reason: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that was read, and what was not; immutable. `collected_at` is ISO 8601 UTC or ""."""

    records: Sequence[Record]  # a tuple, or a RecordSpool where they are too many for memory
    coverage: tuple[CoverageEntry, ...]
    name: str = ""
    collected_at: str = ""
    tool_version: str = ""
    redactions: Mapping[str, int] = field(default_factory=dict)  # reason -> count of values dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a statement can be checked: a record and a JSON pointer (RFC 6901) into its body.

    `fields` (shared table, property name -> pointer relative to `pointer`) says where each property of an asset stands.
    """

    record: str
    pointer: str = ""
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One thing in the estate. A property that is None was read and is not set; one that is missing was not read."""

    id: str
    kind: str
    name: str
    account: str = ""
    region: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    def evidence_for(self, property_name: str) -> Evidence | None:
        """The record and exact pointer that a property was read from, or None."""
        for item in reversed(self.evidence):
            if property_name in item.fields:
                pointer = item.pointer + item.fields[property_name]
                return Evidence(record=item.record, pointer=pointer, note=property_name)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A step from source to target, in the direction in which the attacker moves."""

    source: str
    kind: str
    target: str
    verdict: Verdict = Verdict.YES
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()  # the named facts that would decide it, if undecided
    properties: Mapping[str, Any] = field(default_factory=dict)  # e.g. actions, technique, because

    @property
    def key(self) -> Key:
        """Identity of a relationship within one graph."""
        return (self.source, self.kind, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One relationship of an attack path, as walked."""

    source: str
    kind: str
    target: str
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """The relationship that is walked."""
        return (self.source, self.kind, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackPath:
    """A way from an entry point to a target; `risk` is 0-100, higher is worse."""

    entry: str
    target: str
    risk: float
    verdict: Verdict
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRisk:
    """Somebody answers for one finding, or for a rule in a scope, until the end of a day."""

    owner: str
    reason: str
    until: str  # the last day, such as 2027-01-31
    finding: str = ""  # a finding's id
    rule: str = ""  # or a rule's ...
    scope: str = ""  # ... where the asset's id, name or account fits this pattern; "" = everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that failed, or could not be decided, on one asset or one connected path."""

    rule: str
    kind: str  # "posture" | "toxic"
    title: str
    severity: Severity
    verdict: RuleVerdict
    assets: tuple[str, ...]  # the first one is the asset that the finding is about
    bindings: Mapping[str, str] = field(default_factory=dict)  # node name in the rule -> asset id
    path: tuple[Step, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    adjustment: str = ""  # why the severity is not that of the rule
    accepted: AcceptedRisk | None = None  # it is still a finding

    @property
    def id(self) -> str:
        """Stable over runs: the rule and what it binds."""
        identity = canonical_json([self.rule, list(self.assets), sorted(self.bindings.items())])
        return "f-" + hashlib.sha256(identity.encode()).hexdigest()[:16]
