"""A rule and its pattern, once read and checked; what an evaluation gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graph.model import Finding, RuleVerdict, Severity

Operator = Literal[
    "eq",
    "ne",
    "in",
    "not_in",
    "gte",
    "lte",
    "has",
    "has_not",
    "matches",
    "not_matches",
    "present",
    "cidr",
    "older_than_days",
    "younger_than_days",
    "allows",
    "opens",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """One condition on one property; several on a property must all hold."""

    property: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Assets of these kinds for which every predicate holds. Kinds are spelt out when the rule is read."""

    kinds: frozenset[str]
    applies: tuple[Predicate, ...] = ()  # is the rule about the asset at all?
    where: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePattern:
    """A named asset of a pattern: any of its selectors must fit."""

    name: str
    selectors: tuple[Selector, ...]
    rests_on: tuple[str, ...] = ()  # properties without which silence proves nothing

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that may fit."""
        return frozenset().union(*(selector.kinds for selector in self.selectors))

    @property
    def asked(self) -> tuple[str, ...]:
        """The properties that an answer rests on."""
        predicates = (p for s in self.selectors for p in (*s.applies, *s.where))
        return tuple(dict.fromkeys((*(p.property for p in predicates), *self.rests_on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPattern:
    """A way from one named asset to another: any of the chains of relationship kinds, or one of them repeated.

    `least` and `most` count repetitions of a chain of one; `most` None = without bound.
    """

    source: str
    target: str
    chains: tuple[tuple[frozenset[str], ...], ...]
    least: int = 1
    most: int | None = 1

    @property
    def repeats(self) -> bool:
        """Is its length variable?"""
        return (self.least, self.most) != (1, 1)

    @property
    def kinds(self) -> frozenset[str]:
        """Every relationship kind that it may walk."""
        return frozenset().union(*(kinds for chain in self.chains for kinds in chain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two named assets that must differ, or agree, in a property (`id` = be two assets)."""

    nodes: tuple[str, str]
    property: str
    equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """At least so many different assets of one name for each combination of the others."""

    of: str
    per: tuple[str, ...]
    gte: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Named assets, the steps that join them, and what must not be there."""

    about: str
    nodes: Mapping[str, NodePattern]
    steps: tuple[StepPattern, ...] = ()
    absent: tuple[tuple[StepPattern, ...], ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    counts: tuple[Count, ...] = ()
    group_by: tuple[str, ...] = ()

    @property
    def bound(self) -> tuple[str, ...]:
        """Names that a match gives an asset: all but those that only stand in absent parts."""
        names = dict.fromkeys((self.about, *(n for s in self.steps for n in (s.source, s.target))))
        return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remediation:
    """How to mend it; texts may hold {name}, {name.id}, {name.region}, ... of the finding's assets."""

    short: str
    long: str = ""
    console: tuple[str, ...] = ()
    cli: str = ""
    terraform: str = ""
    bicep: str = ""
    recreate: bool = False
    side_effects: str = ""
    cloud: str = "aws"  # whose console, command line, Terraform and Bicep it speaks of


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """A tiny graph and what the rule must say of it; spelt in TOML beside the rule."""

    title: str
    expect: RuleVerdict
    nodes: Mapping[str, Mapping[str, Any]]  # kind or label; unset = [...]; the rest are properties
    edges: tuple[str, ...] = ()  # `a -KIND-> b`, with a ? at the end if undecided
    read: tuple[str, ...] = ()
    collected_at: str = ""
    assets: tuple[str, ...] = ()  # the assets that the finding must be about, if it matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can be wrong: pattern, meaning, remedy."""

    id: str
    kind: Literal["posture", "toxic"]
    title: str
    severity: Severity
    likelihood: int
    impact: int
    why: str
    pattern: Pattern
    remediation: Remediation
    frameworks: Mapping[str, tuple[str, ...]]
    themes: tuple[str, ...] = ()
    components: tuple[str, ...] = ()  # posture rules that it is made of
    cut: tuple[str, ...] = ()  # cheapest ways to break it
    limitations: str = ""
    references: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # operations that must be read whole for a full answer
    awaits: tuple[
        tuple[str, ...], ...
    ] = ()  # without any of one of these it can say nothing at all
    cases: tuple[RuleCase, ...] = ()
    source: str = ""  # the file, as errors name it


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """How often a rule said what; `reason` tells why it could say little or nothing."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    reason: str = ""
    needs: tuple[str, ...] = ()  # operations that were not read

    @property
    def assessed(self) -> bool:
        """Could the rule say anything?"""
        return not self.reason.startswith("not assessed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResults:
    """Findings, worst first, and the result of every rule by its id."""

    findings: tuple[Finding, ...] = ()
    results: Mapping[str, RuleResult] = field(default_factory=dict)
