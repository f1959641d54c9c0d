"""Small graphs and patterns for hypothesis, with everything read."""

from hypothesis import strategies as st

from graph.asset_graph import AssetGraph
from graph.coverage import Coverage
from graph.model import CoverageEntry, CoverageState, Scope, Verdict
from graph.schema import load_schema
from tests.graph.factories import ACCOUNT, REGION, asset, edge, graph

_KINDS = ("AWS::IAM::User", "AWS::IAM::Role", "AWS::S3::Bucket")
_LABELS = ("User", "Role", "Bucket")
_EDGES = ("CAN_ASSUME", "CAN_READ", "RUNS_AS")


def _everything_read() -> Coverage:
    schema = load_schema()
    listed = {op for kind in schema.kinds.values() for op in kind.listed_by}
    told = {op for kind in schema.relationships.values() for op in kind.read_by}
    scope = Scope(provider="aws", account=ACCOUNT, region=REGION)
    return Coverage(
        CoverageEntry(operation=operation, scope=scope, state=CoverageState.COMPLETE)
        for operation in sorted(listed | told)
    )


_READ = _everything_read()
_nodes = st.lists(
    st.tuples(st.sampled_from(_KINDS), st.sampled_from(["pii", "public", None])),
    min_size=1,
    max_size=6,
)
_verdicts = st.sampled_from([Verdict.YES, Verdict.YES, Verdict.UNDECIDED, Verdict.NO])
_links = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(_EDGES), st.integers(0, 5), _verdicts),
    max_size=12,
)
_single = st.sampled_from(_EDGES)
_chain = st.lists(_single, min_size=1, max_size=2).map("/".join)
_arrows = st.one_of(
    st.lists(_chain, min_size=1, max_size=2).map("|".join),
    st.tuples(_single, st.sampled_from(["*", "*0..", "*0..2", "*1..2"])).map("".join),
    st.tuples(_single, _single, st.sampled_from(["*", "*0..2"])).map(
        lambda t: f"{t[0]}|{t[1]}{t[2]}"
    ),
).map(lambda body: f"[{body}]")


@st.composite
def graphs(draw: st.DrawFn) -> AssetGraph:
    nodes = draw(_nodes)
    assets = [
        asset(f"n{i}", kind, **({} if data is None else {"classification": data}))
        for i, (kind, data) in enumerate(nodes)
    ]
    edges = [
        edge(f"n{a}", kind, f"n{b}", verdict)
        for a, kind, b, verdict in draw(_links)
        if a < len(nodes) and b < len(nodes)
    ]
    return graph(*assets, *edges, coverage=_READ)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Three named assets on two or three steps, perhaps with a condition, an absence, a difference."""
    text = ""
    for name in ("a", "b", "c"):
        labels = draw(st.lists(st.sampled_from(_LABELS), min_size=1, max_size=3, unique=True))
        text += f"[nodes.{name}]\nlabel = {labels}\n".replace("'", '"')
        if draw(st.booleans()):
            text += 'where = { classification = "pii" }\n'
    gone = draw(st.sampled_from(["", "free", "bound"]))
    if gone == "free":
        text += '[nodes.x]\nlabel = ["Role", "Bucket"]\n'
    text += f'[[paths]]\nsteps = "a -{draw(_arrows)}-> b -{draw(_arrows)}-> c"\n'
    if draw(st.booleans()):
        text += f'[[paths]]\nsteps = "a -{draw(_arrows)}-> c"\n'
    if gone:
        end = "x" if gone == "free" else "c"
        text += f'[[absent]]\nsteps = "b -{draw(_arrows)}-> {end}"\n'
    if draw(st.booleans()):
        text += '[[different]]\nnodes = ["a", "c"]\n'
    return text
