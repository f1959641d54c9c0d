"""All rules on large estates, on arrays and as Cypher on a Neo4j server of the same graph; processor seconds.

`MODELHOUND_RULES_SIZE=100000` makes the comparison smaller.
"""

import csv
import os
from collections import defaultdict
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from graph.asset_graph import VERDICTS, AssetGraph
from graph.rules.cases import case_graph
from graph.rules.cypher import needed, rows_query, silent_query
from graph.rules.evaluate import evaluate
from graph.rules.kept import kept
from graph.rules.load import load_rules
from graph.rules.match import Matcher
from graph.rules.served import evaluate_served
from graph.stores.neo4j import Neo4jStore, ServedGraph
from tests.beds import neo4j_bed
from tests.benchmarks.rule_estates import ACCOUNTS, REGION, VARIANTS, Made, estate_for_rules

pytestmark = pytest.mark.benchmark

SIZE = int(os.environ.get("MODELHOUND_RULES_SIZE", "1000000"))
GRAPH = "estate@benchmark"
LIST = "\x1d"


def test_all_rules_over_100_000_assets():
    graph, rules = estate_for_rules(100_000, 800_000), load_rules()
    before = process_time()
    found = evaluate(graph, rules)
    spent = process_time() - before
    fired = sum(result.failed > 0 for result in found.results.values())
    print(
        f"\n{len(rules)} rules on {graph.node_count:,} assets, {graph.edge_count:,} relationships"
    )
    print(f"  {spent:.2f} s CPU, {len(found.findings):,} findings of {fired} rules")
    assert spent <= 10


@pytest.mark.skipif(bool(neo4j_bed.why_not()), reason=neo4j_bed.why_not())
def test_all_rules_beside_cypher_on_the_same_graph(tmp_path):
    graph, rules = estate_for_rules(SIZE, 8 * SIZE), load_rules()
    print(
        f"\n{len(rules)} rules on {graph.node_count:,} assets, {graph.edge_count:,} relationships"
    )
    before = process_time()
    matcher = Matcher(graph, (rule.pattern for rule in rules.values()))
    matched = {rule.id: len(matcher.matches(rule.pattern)) for rule in rules.values()}
    matching = process_time() - before
    before = process_time()
    findings = len(evaluate(graph, rules).findings)
    whole = process_time() - before
    print(f"  arrays: {matching:.1f} s CPU to match {sum(matched.values()):,} answers,")
    print(f"          {whole:.1f} s for all, with {findings:,} findings and their evidence")
    files = {"nodes": _nodes(graph, tmp_path), "relationships": [_relationships(graph, tmp_path)]}
    with neo4j_bed.running(files=files, memory="4g") as server:
        theirs = _on_server(server, graph, matched)
    print(f"  Neo4j:  {theirs:.1f} s CPU, {theirs / whole:.1f} times as much")
    assert whole < theirs


def _on_server(server: neo4j_bed.Neo4jServer, graph: AssetGraph, matched: dict[str, int]) -> float:
    """CPU seconds of the server to answer all rules; what it then costs to fetch findings is left out."""
    store = Neo4jStore(server.uri, server.user, server.password)
    store._switch("estate", GRAPH, graph)
    store._run("CALL db.awaitIndexes(600)")
    served, before, slow = store.served("estate"), _cpu(server.process), list[tuple[float, str]]()
    for rule in load_rules().values():
        started = _cpu(server.process)
        named = _ask(served, rule, graph, matched[rule.id])
        slow.append((_cpu(server.process) - started, f"{rule.id} ({named} rows)"))
    spent = _cpu(server.process) - before
    store.close()
    print(
        "  slowest on Neo4j:",
        ", ".join(f"{name} {cpu:.0f} s" for cpu, name in sorted(slow)[:-6:-1]),
    )
    return spent


def _ask(served: ServedGraph, rule, graph: AssetGraph, matched: int) -> int:
    pattern = rule.pattern
    if any(pattern.nodes[name].kinds.isdisjoint(served.kinds) for name in pattern.bound):
        return 0
    rows = sum(1 for _ in served.ask(rows_query(pattern, graph.schema)))
    plain = not pattern.absent and not pattern.counts
    if plain and set(needed(pattern)) == set(pattern.group_by or pattern.bound):
        assert rows == matched, rule.id
    if rule.kind == "posture":
        query = silent_query(pattern.nodes[pattern.about], graph.schema)
        rows += sum(1 for _ in served.ask(query, named=[]))
    return rows


def _cpu(process: int) -> float:
    """Processor seconds of a process (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _nodes(graph: AssetGraph, folder: Path) -> list[Path]:
    """A file for each kind, as the bulk importer reads it."""
    found: list[Path] = []
    numbers = defaultdict(list)
    for i, code in enumerate(graph.kind_code.tolist()):
        numbers[code].append(i)
    for code, members in numbers.items():
        kind, label = graph.kinds[code], graph.schema.label(graph.kinds[code]).name
        variants = _kept_variants(graph, kind)
        columns = sorted({name for row in variants for name in row})
        path = folder / f"nodes-{code}.csv"
        header = ["key:ID", "id", "name", "kind", "account", "region", "graph", ":LABEL"]
        header += [f"{name}:{_type(name, variants)}" for name in columns]
        tails = [_line(row.get(name) for name in columns) for row in variants]
        with path.open("w", encoding="utf-8") as file:
            file.write(",".join(f'"{name}"' for name in header) + "\n")
            for i in members:
                own = f'"{GRAPH}|n{i:08}","n{i:08}","name-{i}","{kind}","{ACCOUNTS[i % len(ACCOUNTS)]}"'
                file.write(
                    f'{own},"{REGION}","{GRAPH}","Asset{LIST}{label}",{tails[i % VARIANTS]}\n'
                )
        found.append(path)
    return found


def _kept_variants(graph: AssetGraph, kind: str) -> list[dict[str, object]]:
    details = graph._details
    assert isinstance(details, Made)
    code = graph.kinds.index(kind)
    member = graph.asset(int(np.flatnonzero(graph.kind_code == code)[0]))
    rows = []
    for properties in details.variants[kind]:
        row = kept(type(member)(id="", kind=kind, name="", properties=properties), graph.schema)
        row["unset"] = row["unset"] or ["-"]  # the importer has no empty lists
        own = ("id", "kind", "name", "account", "region")
        rows.append({key: value for key, value in row.items() if key not in own})
    return rows


def _type(name: str, rows: list[dict[str, object]]) -> str:
    value = next(row[name] for row in rows if name in row)
    kinds = {bool: "boolean", int: "long", float: "double", list: "string[]", str: "string"}
    return kinds[type(value)]


def _line(values) -> str:
    cells = []
    for value in values:
        if value is None or value == []:
            cells.append("")
        else:
            text = LIST.join(value) if isinstance(value, list) else str(value)
            text = text.lower() if isinstance(value, bool) else text
            cells.append('"' + text.replace('"', '""') + '"')
    return ",".join(cells)


def _relationships(graph: AssetGraph, folder: Path) -> Path:
    path = folder / "relationships.csv"
    verdicts, kinds = [v.value for v in VERDICTS], graph.relationship_kinds
    with path.open("w", encoding="utf-8") as file:
        file.write(":START_ID,:END_ID,:TYPE,verdict\n")
        for begin in range(0, graph.edge_count, 100_000):
            part = slice(begin, begin + 100_000)
            rows = zip(
                graph.source[part].tolist(),
                graph.target[part].tolist(),
                graph.relationship_code[part].tolist(),
                graph.verdict_code[part].tolist(),
                strict=True,
            )
            csv.writer(file).writerows(
                (f"{GRAPH}|n{a:08}", f"{GRAPH}|n{b:08}", kinds[k], verdicts[v])
                for a, b, k, v in rows
            )
    return path


@pytest.mark.skipif(bool(neo4j_bed.why_not()), reason=neo4j_bed.why_not())
def test_every_case_of_every_rule_on_both():
    """Not a measure: the whole of what the tests ask a fifth of, which takes minutes."""
    names, count = ("rule", "verdict", "missing"), 0
    with neo4j_bed.running() as server:
        store = Neo4jStore(server.uri, server.user, server.password)
        for rule in load_rules().values():
            for case in rule.cases:
                graph = case_graph(rule, case)
                store.save("case", graph)
                mine = evaluate(graph, {rule.id: rule})
                theirs = evaluate_served(store.served("case"), {rule.id: rule}).outcome
                told = [
                    [tuple(getattr(f, n) for n in names) for f in r.findings]
                    for r in (mine, theirs)
                ]
                assert sorted(told[0]) == sorted(told[1]), (rule.id, case.title)
                assert mine.results == theirs.results
                count += 1
        store.close()
    print(f"\n{count} cases say the same on arrays and on Neo4j")
