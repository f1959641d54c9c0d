"""The tiny graphs that stand beside a rule as proof: building them and asking the rule."""

from graph.asset_graph import AssetGraph
from graph.coverage import Coverage, provider_of
from graph.estate import assemble
from graph.model import (
    Asset,
    ContentError,
    CoverageEntry,
    CoverageState,
    Evidence,
    Finding,
    Relationship,
    RuleVerdict,
    Scope,
    Verdict,
)
from graph.rules.evaluate import evaluate
from graph.rules.model import Rule, RuleCase
from graph.rules.steps import parse_steps
from graph.rules.table import suggestion
from graph.schema import Schema, load_schema

ACCOUNT, REGION = "111122223333", "eu-west-1"
_CLOUDS = ("aws", "", "azure", "gcp")
_OWN = {"id", "kind", "label", "name", "account", "region", "unset"}


def case_graph(rule: Rule, case: RuleCase) -> AssetGraph:
    """The graph of a case; what it does not list as read was not read."""
    schema = load_schema()
    items: list[Asset | Relationship] = []
    for name, row in case.nodes.items():
        items.append(_asset(rule, case, name, schema))
        unknown = [key for key in row if key not in _OWN and not _declared(rule, name, key, case)]
        if unknown:
            raise _wrong(rule, case, f"{name}.{unknown[0]} is not a property")
    for text in case.edges:
        items += _edges(rule, case, text, schema)
    entries = [
        CoverageEntry(
            operation=operation,
            scope=Scope(provider=provider_of(operation), account=ACCOUNT, region=REGION),
            state=CoverageState.COMPLETE,
        )
        for operation in case.read
    ]
    estate = assemble(
        items, schema=schema, coverage=Coverage(entries), collected_at=case.collected_at
    )
    return AssetGraph.build(estate)


def ask(rule: Rule, case: RuleCase) -> tuple[RuleVerdict, tuple[Finding, ...]]:
    """What the rule says of the case, at worst, and its findings."""
    outcome = evaluate(case_graph(rule, case), {rule.id: rule})
    result = outcome.results[rule.id]
    if result.failed:
        return RuleVerdict.FAIL, outcome.findings
    return RuleVerdict.UNDECIDED if result.undecided else RuleVerdict.PASS, outcome.findings


def asset_id(case: RuleCase, name: str) -> str:
    """The id of an asset of a case: its name there, unless it is given one."""
    return str(case.nodes[name].get("id", name))


def _wrong(rule: Rule, case: RuleCase, text: str) -> ContentError:
    return ContentError(f"{rule.source}: cases ({case.title}): {text}")


def _kind(rule: Rule, case: RuleCase, name: str, schema: Schema) -> str:
    """The kind that a case names, or the first of the label that it names; of several clouds' AWS's."""
    row = case.nodes[name]
    if row.get("kind") in schema.kinds:
        return str(row["kind"])
    for kind in sorted(schema.kinds, key=lambda kind: (_CLOUDS.index(provider_of(kind)), kind)):
        if schema.label(kind).name == row.get("label"):
            return kind
    raise _wrong(rule, case, f"{name} has no kind or label of the schema")


def _declared(rule: Rule, name: str, key: str, case: RuleCase) -> bool:
    schema = load_schema()
    label = schema.label(_kind(rule, case, name, schema)).name
    return schema.property(label, key) is not None


def _asset(rule: Rule, case: RuleCase, name: str, schema: Schema) -> Asset:
    row = case.nodes[name]
    properties = {key: value for key, value in row.items() if key not in _OWN}
    properties |= dict.fromkeys(row.get("unset", ()))
    return Asset(
        id=asset_id(case, name),
        kind=_kind(rule, case, name, schema),
        name=str(row.get("name", name)),
        account=str(row.get("account", ACCOUNT)),
        region=str(row.get("region", REGION)),
        properties=properties,
        evidence=(Evidence(record=f"r-{name}", fields={key: f"/{key}" for key in properties}),),
    )


def _edges(rule: Rule, case: RuleCase, text: str, schema: Schema) -> list[Relationship]:
    text, mark, _ = text.partition(" ?")
    steps = parse_steps(text, schema, lambda problem: _wrong(rule, case, problem))
    for step in steps:
        for name in (step.source, step.target):
            if name not in case.nodes:
                hint = suggestion(name, case.nodes)
                raise _wrong(rule, case, f"{name!r} is not under nodes{hint}")
    return [
        Relationship(
            source=asset_id(case, step.source),
            kind=kind,
            target=asset_id(case, step.target),
            verdict=Verdict.UNDECIDED if mark else Verdict.YES,
            missing=(f"whether {step.source} {kind} {step.target}",) if mark else (),
            evidence=(Evidence(record="r-edge", note=f"{step.source} {kind} {step.target}"),),
        )
        for step in steps
        for kind in sorted(step.kinds)
    ]
