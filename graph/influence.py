"""Whose content a model obeys or learns from: lineage told in the direction in which an attacker moves.

Lineage points from a model to its data. Who decides about the data steers what is made of it, so each lineage gives a
CAN_INFLUENCE or CAN_POISON the other way, with its evidence. Writers get their CAN_WRITE to a bucket from the identity
derivation, and walks join the two: no edge for every writer and every model.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.estate import Estate
from graph.model import Asset, Relationship, Verdict
from graph.reachability.facts import INTERNET, UNKNOWN, Case, Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A row of resources/analysis/influence.toml: `from -lineage-> to` gives `to -gives-> from`."""

    lineage: str
    gives: str
    because: str
    source_labels: frozenset[str]
    target_labels: frozenset[str]


def derive_influence(estate: Estate) -> Iterator[Asset | Relationship]:
    """CAN_INFLUENCE and CAN_POISON of an estate."""
    for edge in estate.relationships:
        for row in load_turned().get(edge.kind, ()):
            fits = estate.label(edge.source) in row.source_labels
            if fits and estate.label(edge.target) in row.target_labels:
                yield _influence(edge.target, row.gives, edge.source, row.because, edge)
    yield from _through_jobs(estate)
    yield from _from_the_web(estate)
    yield from _searched(estate)


def _through_jobs(estate: Estate) -> Iterator[Relationship]:
    """What a job reads poisons the models that it produces."""
    by_file = _models_by_file(estate)
    for job in estate.of_label("TrainingJob"):
        edges = estate.outgoing.get(job.id, ())
        made = [edge for edge in edges if edge.kind == "PRODUCES"]
        made += _made_file(job, by_file)
        read: dict[str, Relationship] = {}
        for edge in edges:
            if edge.kind in {"TRAINED_ON", "READS_FROM"}:
                read.setdefault(edge.target, edge)
        for model in made:
            for data in read.values():
                because = load_texts()["through_job"]
                yield _influence(data.target, "CAN_POISON", model.target, because, data, model)


def _models_by_file(estate: Estate) -> Mapping[str, list[Asset]]:
    """Models by the address of the file that they are loaded from."""
    found: dict[str, list[Asset]] = defaultdict(list)
    for model in estate.of_label("AIModel"):
        file = model.properties.get("artifact")
        if file:
            found[str(file)].append(model)
    return found


def _made_file(job: Asset, by_file: Mapping[str, list[Asset]]) -> Iterator[Relationship]:
    """The models that are loaded from the very file that a job wrote; both settings prove it."""
    for model in by_file.get(str(job.properties.get("artifact") or ""), ()):
        proofs = (job.evidence_for("artifact"), model.evidence_for("artifact"))
        yield Relationship(
            source=job.id,
            kind="PRODUCES",
            target=model.id,
            evidence=tuple(proof for proof in proofs if proof),
        )


def _from_the_web(estate: Estate) -> Iterator[Asset | Relationship]:
    """A crawler reads what anyone can publish; a source whose kind was not read may be one."""
    facts = Facts(estate)
    yield INTERNET
    for base in estate.of_label("KnowledgeBase"):
        if base.kind not in load_web()["crawlers"]:
            continue
        case = Case(facts)
        sources = case.read(base, "data_sources")
        named = () if sources is UNKNOWN else sources or ()
        crawled = [_name(source) for source in named if _kind(source) == "WEB"]
        unread = [_name(source) for source in named if not _kind(source)]
        if not crawled:
            for name in unread:
                case.lacks(load_texts()["unread_source"].format(source=name))
        if crawled or case.missing:
            yield Relationship(
                source=INTERNET.id,
                kind="CAN_INFLUENCE",
                target=base.id,
                verdict=case.verdict,
                evidence=tuple(case.evidence),
                missing=tuple(case.missing),
                properties={"because": load_texts()["web"], "data_sources": crawled or unread},
            )


def _searched(estate: Estate) -> Iterator[Relationship]:
    """A tool that searches the web brings back what anyone published."""
    for edge in estate.relationships:
        tool = estate.assets[edge.target]
        if edge.kind == "USES_TOOL" and tool.properties.get("builtin") in load_web()["tools"]:
            yield _influence(
                INTERNET.id, "CAN_INFLUENCE", edge.source, load_texts()["search"], edge
            )


def _kind(source: Mapping[str, Any]) -> str:
    return str(source.get("type") or "")


def _name(source: Mapping[str, Any]) -> str:
    return str(source.get("name") or source.get("id") or "?")


def _influence(
    source: str, kind: str, target: str, because: str, *base: Relationship
) -> Relationship:
    """A derived step with what its base facts know and lack."""
    evidence = [item for edge in base for item in edge.evidence]
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=Verdict.weakest(edge.verdict for edge in base),
        evidence=tuple(item for i, item in enumerate(evidence) if item not in evidence[:i]),
        missing=tuple(dict.fromkeys(fact for edge in base for fact in edge.missing)),
        properties={"because": because},
    )


@cache
def load_turned() -> Mapping[str, tuple[Turned, ...]]:
    """The rows by the lineage that they turn."""
    rows: dict[str, tuple[Turned, ...]] = {}
    for row in read_toml("analysis/influence.toml")["turned"]:
        turned = Turned(
            lineage=row["lineage"],
            gives=row["gives"],
            because=row["because"],
            source_labels=frozenset(row["from"]),
            target_labels=frozenset(row["to"]),
        )
        rows[turned.lineage] = (*rows.get(turned.lineage, ()), turned)
    return rows


@cache
def load_web() -> Mapping[str, tuple[str, ...]]:
    """Kinds of knowledge bases that may crawl pages, and sorts of tools that search the web."""
    return {name: tuple(row) for name, row in read_toml("analysis/influence.toml")["web"].items()}


@cache
def load_texts() -> Mapping[str, str]:
    """Why the derivations that follow more than one relationship hold."""
    texts: Mapping[str, str] = read_toml("analysis/influence.toml")["texts"]
    return texts
