"""Rules from TOML files: the shipped ones and a user's packs. A file that does not hold together gets one clear sentence."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from graph.content import toml_files
from graph.model import ContentError, RuleVerdict, Severity
from graph.rules.frameworks import check_ids
from graph.rules.model import Pattern, Remediation, Rule, RuleCase
from graph.rules.pattern import read_pattern
from graph.rules.remedy import check_texts
from graph.rules.table import Table
from graph.schema import Schema, load_schema

_KINDS: Mapping[str, Literal["posture", "toxic"]] = {"posture": "posture", "toxic": "toxic"}
_LARGEST = 256 * 1024  # bytes of one rule file


@cache
def load_rules() -> Mapping[str, Rule]:
    """The shipped rules by id, in order of id."""
    files = [
        (path, content) for folder in _KINDS for path, content in toml_files(f"rules/{folder}")
    ]
    return _by_id(read_rule(content, path) for path, content in files)


def load_pack(folder: Path) -> Mapping[str, Rule]:
    """The rules of a user's folder by id; typed data only, so a pack can at worst be refused."""
    return _by_id(read_file(path) for path in pack_files(folder))


def pack_files(folder: Path) -> tuple[Path, ...]:
    """The rule files of a user's folder; a single file is a pack of one."""
    if folder.is_file():
        return (folder,)
    if not folder.is_dir():
        raise ContentError(f"{folder} is not a folder; give the folder that holds the rule files.")
    return tuple(sorted(folder.rglob("*.toml")))


def read_file(path: Path) -> Rule:
    """The rule of one file of a pack."""
    return read_rule(_parsed(path), path.name)


def with_packs(folders: Iterable[Path]) -> Mapping[str, Rule]:
    """The shipped rules and those of packs; a pack cannot take the place of a shipped rule."""
    packs = [rule for folder in folders for rule in load_pack(folder).values()]
    return _by_id([*load_rules().values(), *packs]) if packs else load_rules()


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise ContentError(f"{path.name}: larger than a rule file may be ({_LARGEST} bytes)")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContentError(f"{path.name}: no TOML file: {error}") from error
    except OSError as error:
        raise ContentError(f"{path.name}: cannot be read: {error.strerror}") from error


def _by_id(rules: Iterable[Rule]) -> Mapping[str, Rule]:
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in found:
            first = found[rule.id].source
            raise ContentError(f"{rule.source}: id: {rule.id!r} is already the id of {first}")
        found[rule.id] = rule
    return {rule_id: found[rule_id] for rule_id in sorted(found)}


def read_rule(content: object, source: str) -> Rule:
    """One rule from the content of its file; `source` names the file in errors."""
    table = Table(content, f"{source}:")
    kind = _KINDS.get(table.text("kind"))
    if kind is None:
        raise table.refuse_at("kind", "must be posture or toxic")
    likelihood, impact = table.number("likelihood", 1, 5), table.number("impact", 1, 5)
    pattern = read_pattern(table, kind)
    rule = Rule(
        id=table.text("id"),
        kind=kind,
        title=table.text("title"),
        severity=Severity.of(likelihood, impact),
        likelihood=likelihood,
        impact=impact,
        why=table.text("why"),
        pattern=pattern,
        remediation=_remediation(table.table("remediation"), pattern),
        frameworks=_frameworks(table.table("frameworks")),
        themes=table.texts("themes"),
        components=table.texts("components"),
        cut=table.texts("cut"),
        limitations=table.text("limitations", ""),
        references=_references(table),
        needs=tuple(sorted({*needs_of(pattern, load_schema()), *table.texts("needs")})),
        awaits=(*((name,) for name in table.texts("needs")), *_told_by(pattern, load_schema())),
        cases=tuple(_case(row) for row in table.tables("cases")),
        source=source,
    )
    table.done()
    return rule


def _remediation(table: Table, pattern: Pattern) -> Remediation:
    remediation = Remediation(
        short=table.text("short"),
        long=table.text("long", ""),
        console=table.texts("console"),
        cli=table.text("cli", ""),
        terraform=table.text("terraform", ""),
        bicep=table.text("bicep", ""),
        recreate=table.flag("recreate"),
        side_effects=table.text("side_effects", ""),
        cloud=table.text("cloud", "aws"),
    )
    table.done()
    problem = check_texts(remediation, pattern.bound)
    if problem:
        raise table.refuse(problem)
    return remediation


def _frameworks(table: Table) -> Mapping[str, tuple[str, ...]]:
    found = {name: table.texts(name) for name in sorted(table.names())}
    for name, ids in found.items():
        problem = check_ids(name, ids)
        if problem:
            raise table.refuse_at(name, problem)
    return found


def _references(table: Table) -> tuple[str, ...]:
    references = table.texts("references")
    for reference in references:
        if not reference.startswith("https://"):
            raise table.refuse_at("references", f"{reference!r} does not begin with https://")
    return references


def _case(table: Table) -> RuleCase:
    expect = table.text("expect")
    if expect not in set(RuleVerdict):
        raise table.refuse_at("expect", "must be fail, pass or undecided")
    rows = table.table("nodes")
    case = RuleCase(
        title=table.text("title"),
        expect=RuleVerdict(expect),
        nodes={name: dict(_values(rows.table(name))) for name in rows.names()},
        edges=table.texts("edges"),
        read=table.texts("read"),
        collected_at=table.text("collected_at", ""),
        assets=table.texts("assets"),
    )
    table.done()
    return case


def _values(table: Table) -> Iterator[tuple[str, Any]]:
    return ((key, table.any(key)) for key in table.names())


def needs_of(pattern: Pattern, schema: Schema) -> tuple[str, ...]:
    """The lists and details that a full answer rests on, as the schema tells."""
    found: set[str] = set()
    for node in pattern.nodes.values():
        for kind in node.kinds:
            found.update(schema.kinds[kind].listed_by)
            label = schema.label(kind).name
            for name in node.asked:
                declared = schema.property(label, name)
                found.update(declared.read_by if declared else ())
    steps = (*pattern.steps, *(step for part in pattern.absent for step in part))
    for step in steps:
        for name in step.kinds:
            found.update(schema.relationships[name].read_by)
    return tuple(sorted(found))


def _told_by(pattern: Pattern, schema: Schema) -> tuple[tuple[str, ...], ...]:
    """What tells each property that is asked of the asset it is about."""
    node = pattern.nodes[pattern.about]
    found: set[tuple[str, ...]] = set()
    for name in node.asked:
        told: set[str] = set()
        for kind in node.kinds:
            declared = schema.property(schema.label(kind).name, name)
            told.update(declared.read_by if declared and declared.read_by else ("",))
        if "" not in told:  # else some kind's own list tells it
            found.add(tuple(sorted(told)))
    return tuple(sorted(found))
