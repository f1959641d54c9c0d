"""The pattern language on small graphs: what matches, what does not, and what cannot be told."""

from itertools import pairwise
from typing import Any

from graph.asset_graph import AssetGraph
from graph.model import Asset, Relationship, RuleVerdict, Verdict
from tests.graph.factories import asset, edge, graph, read_whole
from tests.graph.rules.build import bound, judge

ROLE, USER, BUCKET = "AWS::IAM::Role", "AWS::IAM::User", "AWS::S3::Bucket"
NOTEBOOK, ACCOUNT = "AWS::SageMaker::NotebookInstance", "AWS::Account::Account"
PATH = (
    '[nodes.user]\nlabel = "User"\n[nodes.role]\nlabel = "Role"\n[nodes.data]\nlabel = "Bucket"\n'
)


def found(pattern: str, estate: AssetGraph, top: str = "") -> list[tuple[dict[str, str], str]]:
    return bound(judge(pattern, estate, kind="toxic", top=top))


def three(*edges: Relationship, **data: Any) -> AssetGraph:
    return graph(asset("u", USER), asset("r", ROLE), asset("d", BUCKET, **data), *edges)


ASSUME, READ = edge("u", "CAN_ASSUME", "r"), edge("r", "CAN_READ", "d")
CHAIN = PATH + '[[paths]]\nsteps = "user -CAN_ASSUME-> role -CAN_READ-> data"\n'
ALL = {"user": "u", "role": "r", "data": "d"}


def test_joined_steps_match_as_a_whole() -> None:
    assert found(CHAIN, three(ASSUME, READ)) == [(ALL, "fail")]
    assert found(CHAIN, three(ASSUME)) == []
    assert found(CHAIN, three(READ)) == []


def test_a_path_is_as_certain_as_its_weakest_step() -> None:
    perhaps = edge("r", "CAN_READ", "d", Verdict.UNDECIDED, missing=["a condition"])
    result = judge(CHAIN, three(ASSUME, perhaps), kind="toxic")
    assert bound(result) == [(ALL, "undecided")]
    assert result.findings[0].missing == ("a condition",)
    never = edge("r", "CAN_READ", "d", Verdict.NO)
    assert found(CHAIN, three(ASSUME, never)) == []


def test_of_two_ways_the_surer_one_counts() -> None:
    either = CHAIN.replace("CAN_READ", "CAN_READ|CAN_WRITE")
    perhaps = edge("r", "CAN_READ", "d", Verdict.UNDECIDED, missing=["a condition"])
    result = judge(either, three(ASSUME, perhaps, edge("r", "CAN_WRITE", "d")), kind="toxic")
    assert bound(result) == [(ALL, "fail")]
    assert [step.kind for step in result.findings[0].path] == ["CAN_ASSUME", "CAN_WRITE"]


def test_a_chain_passes_over_assets_that_have_no_name() -> None:
    over = CHAIN.replace("-CAN_READ->", "-CAN_ADMIN/CONTAINS->")
    estate = graph(
        asset("u", USER),
        asset("r", ROLE),
        asset("d", BUCKET),
        asset("acc", ACCOUNT),
        ASSUME,
        edge("r", "CAN_ADMIN", "acc"),
        edge("acc", "CONTAINS", "d"),
    )
    result = judge(over, estate, kind="toxic")
    assert bound(result) == [(ALL, "fail")]
    kinds = [step.kind for step in result.findings[0].path]
    assert kinds == ["CAN_ASSUME", "CAN_ADMIN", "CONTAINS"]
    assert "acc" in result.findings[0].assets


ROLES = (
    '[nodes.user]\nlabel = "User"\n[nodes.data]\nlabel = "Bucket"\n[nodes.role]\nlabel = "Role"\n'
)


def ladder(length: int) -> AssetGraph:
    """u -> r0 -> r1 -> ... -> r<length> -> d."""
    names = [f"r{i}" for i in range(length + 1)]
    return graph(
        asset("u", USER),
        asset("d", BUCKET),
        *(asset(name, ROLE) for name in names),
        edge("u", "CAN_ASSUME", "r0"),
        *(edge(a, "CAN_ASSUME", b) for a, b in pairwise(names)),
        edge(names[-1], "CAN_READ", "d"),
    )


def test_bounded_and_unbounded_repetition() -> None:
    for most, expected in (("*1..2", 0), ("*1..3", 1), ("*", 1), ("*0..", 1)):
        pattern = ROLES + f'[[paths]]\nsteps = "user -[CAN_ASSUME{most}]-> role -CAN_READ-> data"\n'
        result = judge(pattern, ladder(2), kind="toxic")
        assert len(result.findings) == expected, most
        if expected:
            kinds = [step.kind for step in result.findings[0].path]
            assert kinds == ["CAN_ASSUME"] * 3 + ["CAN_READ"]


def test_repetition_ends_on_a_circle() -> None:
    pattern = ROLES + '[[paths]]\nsteps = "user -[CAN_ASSUME*]-> role -CAN_READ-> data"\n'
    circle = graph(
        asset("u", USER),
        asset("r", ROLE),
        asset("s", ROLE),
        asset("d", BUCKET),
        ASSUME,
        edge("r", "CAN_ASSUME", "s"),
        edge("s", "CAN_ASSUME", "r"),
        READ,
    )
    assert found(pattern, circle) == [(ALL, "fail")]


def test_an_attack_class_stands_for_its_relationships() -> None:
    pattern = ROLES + '[[paths]]\nsteps = "user -[:identity*]-> role -:identity-> data"\n'
    assert found(pattern, three(ASSUME, READ)) == [(ALL, "fail")]
    assert found(pattern, three(edge("u", "MEMBER_OF", "r"), READ)) == []


ABSENT = (
    '[nodes.agent]\nlabel = "AIAgent"\n[nodes.model]\nlabel = "AIModel"\n'
    '[nodes.guard]\nlabel = "Guardrail"\n[[paths]]\nsteps = "agent -USES_MODEL-> model"\n'
    '[[absent]]\nsteps = "agent -PROTECTED_BY-> guard"\n'
)
AGENT, MODEL = asset("a", "AWS::Bedrock::Agent"), asset("m", "AWS::Bedrock::FoundationModel")
USES = edge("a", "USES_MODEL", "m")


def test_absence_is_known_only_from_a_list_that_was_read_whole() -> None:
    known = read_whole("bedrock-agent:GetAgent")
    assert [v for _, v in found(ABSENT, graph(AGENT, MODEL, USES, coverage=known))] == ["fail"]
    result = judge(ABSENT, graph(AGENT, MODEL, USES), kind="toxic")
    assert [finding.verdict for finding in result.findings] == [RuleVerdict.UNDECIDED]
    assert "bedrock-agent:GetAgent was not read" in result.findings[0].missing[0]


def test_what_is_present_is_not_absent() -> None:
    guard = asset("g", "AWS::Bedrock::Guardrail")
    sure = graph(AGENT, MODEL, guard, USES, edge("a", "PROTECTED_BY", "g"))
    assert found(ABSENT, sure) == []
    perhaps = graph(AGENT, MODEL, guard, USES, edge("a", "PROTECTED_BY", "g", Verdict.UNDECIDED))
    assert [v for _, v in found(ABSENT, perhaps)] == ["undecided"]


SHARED = (
    '[nodes.role]\nlabel = "Role"\n[nodes.book]\nlabel = "Notebook"\n'
    '[[paths]]\nsteps = "book -RUNS_AS-> role"\n'
    '[[count]]\nof = "book"\nper = "role"\ngte = 2\n'
)


def books(*verdicts: Verdict) -> AssetGraph:
    names = [f"n{i}" for i in range(len(verdicts))]
    pairs = zip(names, verdicts, strict=True)
    return graph(
        asset("r", ROLE),
        *(asset(name, NOTEBOOK) for name in names),
        *(edge(name, "RUNS_AS", "r", verdict) for name, verdict in pairs),
    )


def test_counts_take_the_certain_first() -> None:
    top = 'group_by = ["role"]'
    yes, perhaps = Verdict.YES, Verdict.UNDECIDED
    for verdicts, expected in (
        ((yes,), []),
        ((yes, yes), ["fail"]),
        ((yes, perhaps), ["undecided"]),
        ((yes, yes, perhaps), ["fail"]),
    ):
        assert [v for _, v in found(SHARED, books(*verdicts), top)] == expected


def test_what_was_counted_belongs_to_the_finding() -> None:
    result = judge(SHARED, books(Verdict.YES, Verdict.YES), kind="toxic", top='group_by = ["role"]')
    assert set(result.findings[0].assets) == {"r", "n0", "n1"}


def test_two_assets_must_differ_or_agree() -> None:
    pair = (
        '[nodes.a]\nlabel = "Role"\n[nodes.b]\nlabel = "Role"\n'
        '[[paths]]\nsteps = "a -CAN_ASSUME-> b"\n'
    )
    other = '[[different]]\nnodes = ["a", "b"]\nproperty = "account"\n'
    equal = '[[same]]\nnodes = ["a", "b"]\nproperty = "account"\n'

    def across(account: str) -> AssetGraph:
        far = Asset(id="s", kind=ROLE, name="s", account=account)
        return graph(asset("r", ROLE), far, edge("r", "CAN_ASSUME", "s"))

    assert len(found(pair + other, across("999999999999"))) == 1
    assert found(pair + other, across("111122223333")) == []
    assert len(found(pair + equal, across("111122223333"))) == 1
    assert [v for _, v in found(pair + other, across(""))] == ["undecided"]


def test_results_are_grouped() -> None:
    estate = graph(
        asset("u", USER),
        asset("v", USER),
        asset("r", ROLE),
        asset("d", BUCKET),
        ASSUME,
        edge("v", "CAN_ASSUME", "r"),
        READ,
    )
    assert len(found(CHAIN, estate)) == 2
    assert len(found(CHAIN, estate, 'group_by = ["role", "data"]')) == 1


def test_properties_decide_or_are_missing() -> None:
    personal = CHAIN.replace(
        '[nodes.data]\nlabel = "Bucket"',
        '[nodes.data]\nlabel = "Bucket"\nwhere = { classification = "pii" }',
    )
    assert [v for _, v in found(personal, three(ASSUME, READ, classification="pii"))] == ["fail"]
    assert found(personal, three(ASSUME, READ, classification="public")) == []
    result = judge(personal, three(ASSUME, READ), kind="toxic")
    assert [finding.verdict for finding in result.findings] == [RuleVerdict.UNDECIDED]
    assert result.findings[0].missing[0].startswith("d: Data classification")


def test_a_posture_rule_counts_what_passed() -> None:
    pattern = '[nodes.data]\nlabel = "Bucket"\nwhere = { versioning = false }\n'
    estate = graph(
        asset("a", BUCKET, versioning=False),
        asset("b", BUCKET, versioning=True),
        asset("c", BUCKET),
    )
    result = judge(pattern, estate).results["X-1"]
    assert (result.failed, result.passed, result.undecided) == (1, 1, 1)


def test_a_rule_that_nobody_read_for_says_what_it_needs() -> None:
    result = judge(CHAIN, graph(asset("d", BUCKET)), kind="toxic").results["X-1"]
    assert not result.assessed
    assert result.reason.startswith("not assessed: needs iam:GetAccountAuthorizationDetails")
    read = read_whole("iam:GetAccountAuthorizationDetails", "s3:ListBuckets")
    result = judge(CHAIN, graph(asset("d", BUCKET), coverage=read), kind="toxic").results["X-1"]
    assert result.assessed
    assert result.reason == "no such path in the snapshot"


def test_a_list_that_is_asked_for_each_of_other_assets_counts_as_a_whole() -> None:
    """Whether a knowledge base is grounded on a bucket is told by the lists of all knowledge bases."""
    pattern = (
        '[nodes.data]\nlabel = "Bucket"\nwhere = { versioning = false }\n'
        '[nodes.base]\nlabel = "KnowledgeBase"\n[[paths]]\nsteps = "base -GROUNDED_ON-> data"\n'
    )
    bucket = asset("d", BUCKET, versioning=False)
    for name, verdict in (("one", (1, 0)), ("other", (1, 0))):
        known = read_whole("bedrock-agent:ListDataSources", params={"knowledgeBaseId": name})
        result = judge(pattern, graph(bucket, coverage=known)).results["X-1"]
        assert (result.passed, result.undecided) == verdict
    result = judge(pattern, graph(bucket)).results["X-1"]
    assert (result.passed, result.undecided) == (0, 1)


def test_a_list_that_is_asked_for_the_asset_itself_must_be_its_own() -> None:
    pattern = (
        '[nodes.base]\nlabel = "KnowledgeBase"\n[nodes.data]\nlabel = "Bucket"\n'
        '[[paths]]\nsteps = "base -GROUNDED_ON-> data"\n'
    )
    base = asset("k", "AWS::Bedrock::KnowledgeBase")
    other = read_whole("bedrock-agent:ListDataSources", params={"knowledgeBaseId": "other"})
    result = judge(pattern, graph(base, coverage=other)).results["X-1"]
    assert (result.passed, result.undecided) == (0, 1)
    own = read_whole("bedrock-agent:ListDataSources", params={"knowledgeBaseId": "k"})
    result = judge(pattern, graph(base, coverage=own)).results["X-1"]
    assert (result.passed, result.undecided) == (1, 0)
