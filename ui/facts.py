"""Look-ups in one assessment that several views share; each is made when first asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from graph.assessment import Assessment
from graph.coverage import Coverage, never_asked
from graph.model import (
    Asset,
    AttackPath,
    CoverageEntry,
    Finding,
    Key,
    Record,
    Relationship,
    RuleVerdict,
    Severity,
    Verdict,
)

if TYPE_CHECKING:
    from graph.paths import Selected
    from graph.paths.cuts import Cut

FIXES = 5  # named in the overview

Role = Literal["entry", "target"]
ROLE_WORDS: Mapping[Role, str] = {"entry": "entry point", "target": "crown jewel"}
Subject = str | Key | Finding  # an asset's id, a relationship's key, a finding

MEANINGS = {
    Verdict.YES: "proved",
    Verdict.UNDECIDED: "undecided",
    Verdict.NO: "not there",
    RuleVerdict.FAIL: "proved",
    RuleVerdict.UNDECIDED: "undecided",
    RuleVerdict.PASS: "passed",
}


class Facts:
    """Answers about assets, findings, paths and records of an assessment."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.graph = assessment.graph

    def asset(self, asset_id: str) -> Asset:
        """The asset of an id; KeyError if there is none."""
        return self.graph.asset(self.graph.index_of(asset_id))

    def knows(self, subject: Subject) -> bool:
        """Is it in this assessment?"""
        if isinstance(subject, Finding):
            return subject.id in self.findings
        if isinstance(subject, tuple):
            return self.relationship(subject) is not None
        return subject in self.graph

    def relationship(self, key: Key) -> Relationship | None:
        """The relationship of a key (source, kind, target), or None."""
        source, kind, target = key
        if source not in self.graph:
            return None
        edges = self.graph.out_edges(self.graph.index_of(source), [kind])
        found = (self.graph.relationship(int(edge)) for edge in edges)
        return next((each for each in found if each.target == target), None)

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """Findings by id."""
        return {finding.id: finding for finding in self.assessment.findings}

    def name(self, asset_id: str) -> str:
        """The name people know, or the id."""
        return (self.asset(asset_id).name or asset_id) if asset_id in self.graph else asset_id

    def words(self, key: Key) -> str:
        """A relationship as a sentence: who can do what to what."""
        source, kind, target = key
        phrase = self.graph.schema.relationships[kind].phrase
        return f"{self.name(source)} {phrase} {self.name(target)}"

    @cached_property
    def folded(self) -> list[str]:
        """Name and id of every asset as searches compare them, numbered as in the graph."""
        return [f"{asset.name}\n{asset.id}".casefold() for asset in self.graph.assets()]

    def kind_title(self, asset_id: str) -> str:
        """What an asset is, in words."""
        return self.graph.schema.kinds[self.asset(asset_id).kind].title

    def category(self, asset_id: str) -> str:
        """The category of an asset's kind."""
        return self.graph.schema.category(self.asset(asset_id).kind)

    @cached_property
    def findings_of(self) -> Mapping[str, list[Finding]]:
        """Findings by every asset that they name, worst first."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.assessment.findings:
            for asset in dict.fromkeys(finding.assets):
                found[asset].append(finding)
        return found

    @cached_property
    def paths_through(self) -> Mapping[str, list[int]]:
        """Numbers of the attack paths that touch an asset."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, path in enumerate(self.assessment.attack_paths):
            for asset in path_assets(path):
                found[asset].append(number)
        return found

    @cached_property
    def paths_over(self) -> Counter[Key]:
        """How many attack paths walk a relationship, by its key."""
        return Counter(step.key for path in self.assessment.attack_paths for step in path.steps)

    @cached_property
    def fixes(self) -> "tuple[Cut, ...]":
        """The steps that carry the most risk, worst first."""
        from graph.paths.cuts import fix_first  # noqa: PLC0415 - searches are not needed to start

        return tuple(fix_first(self.assessment.attack_paths, FIXES))

    def severity(self, asset_id: str) -> Severity | None:
        """The worst proved finding of an asset."""
        proved = [f.severity for f in self.findings_of.get(asset_id, ()) if f.verdict == "fail"]
        return max(proved, key=lambda severity: severity.rank, default=None)

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """Raw records by id."""
        return {record.id: record for record in self.assessment.snapshot.records}

    def reason(self, asset_id: str, role: Role) -> str:
        """Why an asset is an entry point or a crown jewel, or nothing."""
        return self._reasons[role].get(asset_id, "")

    @cached_property
    def _reasons(self) -> Mapping[Role, Mapping[str, str]]:
        chosen = self.assessment
        ends: Mapping[Role, Iterable[Selected]] = {
            "entry": chosen.entry_points,
            "target": chosen.crown_jewels,
        }
        return {role: {item.id: item.reason for item in items} for role, items in ends.items()}

    @cached_property
    def entries(self) -> frozenset[str]:
        """Ids of the entry points."""
        return frozenset(item.id for item in self.assessment.entry_points)

    @cached_property
    def jewels(self) -> frozenset[str]:
        """Ids of the crown jewels."""
        return frozenset(item.id for item in self.assessment.crown_jewels)

    @cached_property
    def gaps(self) -> tuple[CoverageEntry, ...]:
        """What was not read whole."""
        return Coverage(self.assessment.snapshot.coverage).gaps()

    @cached_property
    def never_asked(self) -> Mapping[str, list[str]]:
        """Lists that nobody asked for, with the kinds of asset that they hold."""
        return never_asked(Coverage(self.assessment.snapshot.coverage), self.graph.schema)

    @cached_property
    def worst(self) -> list[Finding]:
        """Findings worst first; of equals, a proved one and a toxic combination before the others."""
        return sorted(
            self.assessment.findings,
            key=lambda each: (-each.severity.rank, each.verdict != "fail", each.kind != "toxic"),
        )

    def proved(self, kind: str) -> list[Finding]:
        """Findings of a kind that are not undecided."""
        return [f for f in self.assessment.findings if f.kind == kind and f.verdict == "fail"]

    def undecided(self, kind: str) -> list[Finding]:
        """Findings of a kind that miss a fact."""
        return [f for f in self.assessment.findings if f.kind == kind and f.verdict == "undecided"]


def spelt(key: Key) -> str:
    """A relationship as one word of a filter."""
    return "\n".join(key)


def path_assets(path: AttackPath) -> Iterable[str]:
    """The assets of a path in the order walked, each once."""
    return dict.fromkeys((path.entry, *(step.target for step in path.steps)))


def reached(paths: Iterable[AttackPath]) -> set[str]:
    """Targets that a proved path ends at."""
    return {path.target for path in paths if path.verdict is Verdict.YES}
