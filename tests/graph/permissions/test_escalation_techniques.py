"""No technique is dead: for each one a small estate where it fires, and the same estate with one fact changed where not."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import Asset, ContentError, Relationship, Verdict
from graph.permissions.aws.access import is_administrator
from graph.permissions.aws.asker import Asker
from graph.permissions.aws.catalogue import Row, row_of, rows
from graph.permissions.aws.escalation import escalation_edges
from graph.permissions.aws.world import World
from graph.permissions.techniques import read, techniques
from graph.schema import load_schema
from tests.graph.factories import ACCOUNT, REGION, arn, asset, edge, estate, read_whole

USER, ROLE, GROUP, OTHER = (
    arn("iam", "user/me"),
    arn("iam", "role/me"),
    arn("iam", "group/ours"),
    arn("iam", "user/other"),
)
STRONG, POLICY, MANAGED = (
    arn("iam", "role/strong"),
    arn("iam", "policy/other"),
    arn("iam", "policy/mine"),
)
PROFILE = arn("iam", "instance-profile/p")
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
IDS: Mapping[str, str] = {
    "AWS::Lambda::Function": arn("lambda", "function:f"),
    "AWS::EC2::Instance": arn("ec2", "instance/i-1"),
    "AWS::EC2::LaunchTemplate": arn("ec2", "launch-template/lt-1"),
    "AWS::IAM::InstanceProfile": PROFILE,
    "AWS::SageMaker::NotebookInstance": arn("sagemaker", "notebook-instance/n"),
    "AWS::SageMaker::Domain": arn("sagemaker", "domain/d"),
    "AWS::SageMaker::Pipeline": arn("sagemaker", "pipeline/p"),
    "AWS::Bedrock::Agent": arn("bedrock", "agent/a"),
    "AWS::BedrockAgentCore::CodeInterpreter": arn("bedrock-agentcore", "code-interpreter/c"),
    "AWS::BedrockAgentCore::Runtime": arn("bedrock-agentcore", "runtime/r"),
    "AWS::CloudFormation::Stack": arn("cloudformation", "stack/s/1"),
    "AWS::CloudFormation::StackSet": arn("cloudformation", "stackset/s:1"),
    "AWS::Glue::DevEndpoint": arn("glue", "devEndpoint/e"),
    "AWS::Glue::Job": arn("glue", "job/j"),
    "AWS::CodeBuild::Project": arn("codebuild", "project/p"),
    "AWS::ECS::Cluster": arn("ecs", "cluster/c"),
    "AWS::ECS::Task": arn("ecs", "task/c/1"),
    "AWS::AppRunner::Service": arn("apprunner", "service/s/1"),
}
GIVEN: Mapping[str, Mapping[str, Any]] = {
    "in_service": {"status": "InService"},
    "exec_enabled": {"exec_enabled": True},
    "lifecycle_config": {"lifecycle_config": "start"},
    "console_password": {"console_password": True},
    "no_console_password": {"console_password": False},
}
OPPOSITE: Mapping[str, Mapping[str, Any]] = {
    "in_service": {"status": "Stopped"},
    "exec_enabled": {"exec_enabled": False},
    "lifecycle_config": {"lifecycle_config": None},
    "console_password": {"console_password": False},
    "no_console_password": {"console_password": True},
}
EVERYTHING_READ = read_whole(
    *(name for kind in load_schema().kinds.values() for name in kind.listed_by)
)
Piece = Asset | Relationship


def attached(policy_id: str, owner: str, how: str) -> Relationship:
    return replace(edge(policy_id, "ATTACHED_TO", owner), properties={"as": how})


def policy(owner: str, name: str, *statements: Mapping[str, Any]) -> list[Piece]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    where = f"{owner}/inline/{name}"
    return [
        asset(where, "AWS::IAM::Policy", document=document, managed_by="inline"),
        attached(where, owner, "identity"),
    ]


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"} | more


def deny(*actions: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*"}


def trust(*services: str, aws: str = "") -> dict[str, Any]:
    principal = {"AWS": aws} if aws else {"Service": list(services)}
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


def role(role_id: str, *services: str, aws: str = "") -> Asset:
    policy = trust(*services, aws=aws)
    return asset(
        role_id, "AWS::IAM::Role", trust_policy=policy, trust_services=list(services), tags={}
    )


def found(known: Estate) -> list[Relationship]:
    world = World(known)
    administrators = frozenset(a.id for a in world.principals if is_administrator(world, a))
    return [
        e for e in escalation_edges(Asker(world), administrators) if isinstance(e, Relationship)
    ]


def uses(known: Estate, technique_id: str, *, source: str = "") -> list[Relationship]:
    """Edges that a technique makes, as the first or as one of several ways."""
    return [
        item
        for item in found(known)
        if technique_id
        in {
            item.properties.get("technique"),
            *item.properties.get("alternatives", ()),
            *item.properties.get("after", ()),
        }
        and source in {"", item.source}
    ]


def caller_of(row: Row) -> str:
    return ROLE if row.of == "Role" else USER


def scene(row: Row, *, facts: Mapping[str, Mapping[str, Any]] = GIVEN) -> list[Piece]:
    """Everything that the technique needs, but the permissions."""
    told = {key: value for name in row.given for key, value in facts.get(name, {}).items()}
    pieces: list[Piece] = [
        asset(USER, "AWS::IAM::User", name="me", tags={}),
        role(ROLE, aws="arn:aws:iam::999999999999:root"),
        asset(GROUP, "AWS::IAM::Group"),
        edge(USER, "MEMBER_OF", GROUP),
        asset(OTHER, "AWS::IAM::User", **(told if row.on == "User" else {})),
        role(STRONG, row.to or "lambda.amazonaws.com", aws=USER if row.on == "Role" else ""),
        *_policies(),
        *_keys(row, facts),
    ]
    if row.profile or "AWS::IAM::InstanceProfile" in row.needs:
        pieces += [asset(PROFILE, "AWS::IAM::InstanceProfile"), edge(PROFILE, "HAS_ROLE", STRONG)]
    for kind in (*row.kinds, *row.needs, *([row.behind] if row.behind else [])):
        pieces.append(asset(IDS[kind], kind, **told))
        if kind != "AWS::IAM::InstanceProfile":
            pieces.append(edge(IDS[kind], "RUNS_AS", STRONG))
    if row.behind:
        tool = arn("bedrock", "agent/a/action-group/g")
        pieces += [
            asset(tool, "AWS::Bedrock::AgentActionGroup"),
            edge(IDS[row.behind], "USES_TOOL", tool),
            edge(tool, "INVOKES", IDS[row.kinds[0]]),
        ]
    return pieces


def _policies() -> list[Piece]:
    """Customer policies: the caller's, with an older version that is stronger, and another's."""
    weak = {"Version": "2012-10-17", "Statement": [allow("s3:ListAllMyBuckets")]}
    strong = {"Version": "2012-10-17", "Statement": [allow("*")]}
    versions = [
        {"id": "v2", "default": True, "document": weak},
        {"id": "v1", "default": False, "document": strong},
    ]
    return [
        asset(
            MANAGED,
            "AWS::IAM::ManagedPolicy",
            document=weak,
            managed_by="customer",
            versions=versions,
        ),
        attached(MANAGED, USER, "identity"),
        asset(POLICY, "AWS::IAM::ManagedPolicy", document=weak, managed_by="customer", versions=[]),
        attached(POLICY, STRONG, "identity"),
    ]


def _keys(row: Row, facts: Mapping[str, Mapping[str, Any]]) -> Iterable[Piece]:
    """Two access keys of the other user where the technique is about a full set of them."""
    full = ("no_key_slot" in row.given) is (facts is GIVEN)
    for number in range(2 if full and {"key_slot", "no_key_slot"} & set(row.given) else 0):
        key = arn("iam", f"access-key/other/000{number}")
        yield asset(key, "AWS::IAM::AccessKey")
        yield edge(key, "AUTHENTICATES_TO", OTHER)


def permitted(row: Row, *, without: str = "", **more: Any) -> list[Piece]:
    actions = [*row.actions, *(["iam:PassRole"] if row.way == "pass" else [])]
    statements = [allow(*actions, **more)]
    if without:
        statements.append(deny(without))
    return policy(caller_of(row), "p", *statements)


PLAIN = [
    row for row in rows() if row.way in {"pass", "existing", "become", "grant", "both", "create"}
]
by_id = pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.id)


@by_id
def test_fires(row: Row) -> None:
    known = estate(*scene(row), *permitted(row), coverage=EVERYTHING_READ)
    edges = uses(known, row.id, source=caller_of(row))
    assert edges, row.id
    expected = Verdict.UNDECIDED if row.fact else Verdict.YES
    assert expected in {item.verdict for item in edges}
    assert all(item.evidence for item in edges)


@by_id
def test_one_denied_action_stops_it(row: Row) -> None:
    needed = [*row.actions, *(["iam:PassRole"] if row.way == "pass" else [])]
    for action in needed:
        if action == "sts:AssumeRole":
            continue  # the trust policy of this estate names the caller: it needs no permission
        pieces = [*scene(row), *permitted(row, without=action)]
        assert not uses(estate(*pieces, coverage=EVERYTHING_READ), row.id), action


@pytest.mark.parametrize("row", [r for r in PLAIN if r.given], ids=lambda row: row.id)
def test_a_fact_that_does_not_hold_stops_it(row: Row) -> None:
    pieces = [*scene(row, facts=OPPOSITE), *permitted(row)]
    known = estate(*pieces, coverage=EVERYTHING_READ)
    assert not [e for e in uses(known, row.id) if e.target in {OTHER, ROOT, *IDS.values()}]


WITH_THINGS = [row for row in PLAIN if row.kinds or row.needs]


@pytest.mark.parametrize("row", WITH_THINGS, ids=lambda row: row.id)
def test_without_the_thing_it_stops_if_the_list_was_read_and_is_open_if_not(row: Row) -> None:
    kinds = {*row.kinds, *row.needs}
    gone = {IDS[kind] for kind in kinds}
    pieces = [
        piece
        for piece in (*scene(row), *permitted(row))
        if not (isinstance(piece, Asset) and piece.id in gone)
        and not (isinstance(piece, Relationship) and {piece.source, piece.target} & gone)
    ]
    assert not uses(estate(*pieces, coverage=EVERYTHING_READ), row.id)
    edges = uses(estate(*pieces, coverage=Coverage(())), row.id)
    if row.edge == "CAN_INVOKE":
        assert not edges
        return
    assert [item.verdict for item in edges] == [Verdict.UNDECIDED]
    assert "was not read" in edges[0].missing[0] or row.fact in edges[0].missing


PASSED = [row for row in PLAIN if row.way == "pass"]


@pytest.mark.parametrize("row", PASSED, ids=lambda row: row.id)
def test_a_role_that_does_not_trust_the_service_is_not_passed(row: Row) -> None:
    pieces = [piece for piece in scene(row) if piece != role(STRONG, row.to)]
    pieces.append(role(STRONG, "somebody-else.amazonaws.com"))
    assert not uses(estate(*pieces, *permitted(row), coverage=EVERYTHING_READ), row.id)


@pytest.mark.parametrize("row", PASSED, ids=lambda row: row.id)
@pytest.mark.parametrize("right", [True, False])
def test_passed_to_service_is_honoured(row: Row, *, right: bool) -> None:
    service = row.to if right else "somebody-else.amazonaws.com"
    statements = (
        allow(*row.actions),
        allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": service}}),
    )
    pieces = [*scene(row), *policy(USER, "p", *statements)]
    assert bool(uses(estate(*pieces, coverage=EVERYTHING_READ), row.id)) is right


def test_a_trust_condition_on_another_account_stops_the_service() -> None:
    row = next(item for item in rows() if item.id == "lambda-001")
    conditioned = trust(row.to)
    conditioned["Statement"][0]["Condition"] = {
        "StringEquals": {"aws:SourceAccount": "999999999999"}
    }
    stranger = asset(STRONG, "AWS::IAM::Role", trust_policy=conditioned, trust_services=[row.to])
    pieces = [
        piece for piece in scene(row) if not (isinstance(piece, Asset) and piece.id == STRONG)
    ]
    assert not uses(estate(*pieces, stranger, *permitted(row), coverage=EVERYTHING_READ), row.id)


BOUNDARIES = [row.id for row in rows() if row.way == "unbound"]


@pytest.mark.parametrize("technique_id", BOUNDARIES)
@pytest.mark.parametrize("strong", [True, False])
def test_a_boundary_that_its_holder_may_remove(technique_id: str, *, strong: bool) -> None:
    row = next(item for item in rows() if item.id == technique_id)
    caller, boundary = caller_of(row), arn("iam", "policy/boundary")
    document = {"Version": "2012-10-17", "Statement": [allow(*row.actions)]}
    kind = "AWS::IAM::Role" if row.of == "Role" else "AWS::IAM::User"
    pieces = [
        asset(caller, kind, permissions_boundary=boundary),
        asset(boundary, "AWS::IAM::ManagedPolicy", document=document, managed_by="customer"),
        attached(boundary, caller, "boundary"),
        *policy(caller, "p", allow("*" if strong else row.actions[0])),
    ]
    edges = uses(estate(*pieces), technique_id)
    assert [(e.kind, e.target) for e in edges] == ([("CAN_GRANT", ROOT)] if strong else [])


@pytest.mark.parametrize("inside", [None, ["iam:PutUserPolicy", "s3:*"], ["*"]])
def test_what_a_user_writes_itself_stays_within_its_boundary(inside: list[str] | None) -> None:
    boundary = arn("iam", "policy/boundary")
    pieces: list[Piece] = [
        asset(USER, "AWS::IAM::User", permissions_boundary=boundary),
        *policy(USER, "p", allow("iam:PutUserPolicy")),
    ]
    if inside is not None:
        document = {"Version": "2012-10-17", "Statement": [allow(*inside)]}
        kind = "AWS::IAM::ManagedPolicy"
        pieces += [asset(boundary, kind, document=document), attached(boundary, USER, "boundary")]
    told = [item.verdict for item in uses(estate(*pieces), "iam-007") if item.source == USER]
    expected = {None: [Verdict.UNDECIDED], 1: [Verdict.YES]}
    assert told == expected.get(len(inside) if inside else None, [])


def test_a_new_identity_needs_one_name_that_all_actions_allow() -> None:
    row = next(item for item in rows() if item.id == "iam-new-user-attach")
    for path, fires in (("team/*", True), ("other/*", False)):
        parts = [
            allow(row.actions[0], Resource=arn("iam", "user/team/*")),
            allow(*row.actions[1:], Resource=arn("iam", f"user/{path}")),
        ]
        known = estate(asset(USER, "AWS::IAM::User"), *policy(USER, "p", *parts))
        assert bool(uses(known, row.id)) is fires


TAGGED = {"StringEquals": {"aws:ResourceTag/team": "mine"}}


@pytest.mark.parametrize("may_tag", [True, False])
def test_a_tag_condition_holds_nobody_back_who_may_set_the_tag(*, may_tag: bool) -> None:
    row = next(item for item in rows() if item.id == "lambda-003")
    function = asset(IDS[row.kinds[0]], row.kinds[0], tags={"team": "theirs"})
    guarded = allow(*row.actions, Condition=TAGGED)
    more = [allow("lambda:TagResource")] if may_tag else []
    pieces = [*scene(row)[:1], function, *policy(USER, "p", guarded, *more)]
    edges = uses(estate(*pieces, coverage=EVERYTHING_READ), "abac-tag")
    assert [item.target for item in edges] == ([function.id] if may_tag else [])


@pytest.mark.parametrize("may_enable", [True, False])
def test_an_mfa_condition_holds_nobody_back_who_may_enable_a_device(*, may_enable: bool) -> None:
    row = next(item for item in rows() if item.id == "iam-007")
    mfa = next(item for item in rows() if item.id == "iam-mfa")
    guarded = allow(*row.actions, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    more = [allow(*mfa.actions)] if may_enable else []
    pieces = [asset(USER, "AWS::IAM::User", name="me", mfa=False)]
    edges = uses(estate(*pieces, *policy(USER, "p", guarded, *more)), row.id)
    assert [item.verdict for item in edges] == [Verdict.YES if may_enable else Verdict.UNDECIDED]
    assert bool(uses(estate(*pieces, *policy(USER, "p", guarded, *more)), mfa.id)) is may_enable


@pytest.mark.parametrize("trusted", [True, False])
def test_assuming_names_its_technique(*, trusted: bool) -> None:
    other = role(STRONG, aws=USER if trusted else OTHER)
    known = estate(asset(USER, "AWS::IAM::User"), asset(OTHER, "AWS::IAM::User"), other)
    assert bool(uses(known, "sts-001", source=USER)) is trusted


def test_changing_a_role_that_can_be_passed_is_as_good_as_being_it() -> None:
    """iam:PutRolePolicy on a weak role and a way to run as it: administrator, though neither alone is enough."""
    weak = role(STRONG, "lambda.amazonaws.com")
    both = allow(
        "iam:PutRolePolicy", "iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"
    )
    known = estate(asset(USER, "AWS::IAM::User"), weak, *policy(USER, "p", both))
    granted = [e for e in uses(known, "iam-005") if e.kind == "CAN_GRANT"]
    assert [(e.verdict, e.properties["via"]) for e in granted] == [(Verdict.YES, STRONG)]
    alone = estate(
        asset(USER, "AWS::IAM::User"), weak, *policy(USER, "p", allow("iam:PutRolePolicy"))
    )
    assert [e.verdict for e in uses(alone, "iam-005")] == [Verdict.UNDECIDED]


def test_what_is_left_out_by_name_stays_out() -> None:
    """One answer may stand for many targets, never for those that NotResource or a Deny names."""
    spared, denied, open_ = (arn("iam", f"user/{name}") for name in ("a", "b", "c"))
    statement = {"Effect": "Allow", "Action": "iam:CreateAccessKey", "NotResource": spared}
    stop = {"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": denied}
    pieces: list[Piece] = [asset(USER, "AWS::IAM::User"), *policy(USER, "p", statement, stop)]
    pieces += [asset(user, "AWS::IAM::User") for user in (spared, denied, open_)]
    assert [item.target for item in uses(estate(*pieces), "iam-002")] == [open_]


def test_a_resource_policy_that_denies_one_caller_does_not_speak_of_another() -> None:
    row = next(item for item in rows() if item.id == "lambda-003")
    stop = {"Effect": "Deny", "Principal": {"AWS": USER}, "Action": "*", "Resource": "*"}
    function = asset(IDS[row.kinds[0]], row.kinds[0], policy={"Statement": [stop]})
    shared = asset(
        MANAGED,
        "AWS::IAM::ManagedPolicy",
        document={"Version": "2012-10-17", "Statement": [allow(*row.actions)]},
        managed_by="customer",
    )
    callers = [asset(user, "AWS::IAM::User") for user in (USER, OTHER)]
    links = [attached(MANAGED, user, "identity") for user in (USER, OTHER)]
    known = estate(*callers, *links, shared, function, coverage=EVERYTHING_READ)
    assert [item.source for item in uses(known, row.id)] == [OTHER]


def test_edges_grow_with_callers_plus_targets() -> None:
    many = 40
    users = [arn("iam", f"user/u{number:02}") for number in range(many)]
    pieces: list[Piece] = [asset(user, "AWS::IAM::User") for user in users]
    for user in users:
        pieces += policy(user, "p", allow("iam:CreateAccessKey"))
    edges = uses(estate(*pieces), "iam-002")
    assert len(edges) == 2 * many


def test_every_technique_is_tested_here() -> None:
    special = {"sts-001", "abac-tag", "iam-mfa", *BOUNDARIES}
    assert {row.id for row in rows()} == {row.id for row in PLAIN} | special


GOOD = {
    "title": "t",
    "services": ["iam"],
    "way": "become",
    "on": "User",
    "all": ["iam:CreateAccessKey"],
    "how": "h",
    "detect": "d",
    "break": "b",
    "attack": ["T1"],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"how": ""}, "x.how"),
        ({"attack": []}, "x.attack"),
        ({"how": "{who} does it"}, "{who}"),
        ({"way": "magic"}, "x.way"),
        ({"all": ["CreateAccessKey"]}, "x.all"),
        ({"on": "Nobody"}, "x.on"),
        ({"given": ["luck"]}, "x.given"),
        ({"kinds": ["AWS::No::Kind"]}, "x.kinds"),
        ({"at": {"iam:Other": "new"}}, "x.at"),
        ({"colour": "red"}, "x.colour"),
    ],
)
def test_a_wrong_file_is_told_by_file_and_key(change: Mapping[str, Any], said: str) -> None:
    file = {"x": {**GOOD, **change}}
    with pytest.raises(ContentError) as problem:
        _ = [row_of(item) for item in read("permissions/techniques/aws/y.toml", file)]
    assert "resources/permissions/techniques/aws/y.toml" in str(problem.value)
    assert said in str(problem.value)


def test_the_shipped_techniques_hold_together() -> None:
    assert {row.id for row in rows()} <= set(techniques())
    assert REGION
