"""Requests that test how policies go together; what is expected is worked out from the documented rule, case by case."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.graph.permissions.corpus_parts import (
    ACCOUNT,
    ALICE,
    APP,
    EVE,
    OTHER,
    QUEUE,
    ROOT,
    SEND,
    SESSION,
    Case,
    case,
    deny,
    doc,
    grant,
)  # fmt: skip

LOGIC = "IAM User Guide, Policy evaluation logic"
CROSS = "IAM User Guide, Cross-account policy evaluation logic"
PRINCIPAL = "IAM User Guide, Principal"
NOT_PRINCIPAL = "IAM User Guide, NotPrincipal"
ACTION = "IAM User Guide, Action and NotAction"
RESOURCE = "IAM User Guide, Resource and NotResource"
SCP = "Organizations User Guide, SCP evaluation"
RCP = "Organizations User Guide, Resource control policies"
KMS = "KMS Developer Guide, Key policies"
STS = "IAM User Guide, Granting permission to assume a role; STS API Reference"
S3 = "S3 User Guide, Blocking public access"
ENDPOINT = "VPC User Guide, Endpoint policies"

YES, NO, STOP = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/alice"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/target"
OBJECT = "arn:aws:s3:::data/reports/1.csv"
NOTHING = "ec2:RunInstances"
STATES = {
    "silent": [],
    "allow": [grant()],
    "deny": [grant(), deny()],
    "elsewhere": [grant(Action=NOTHING)],
}


def _has(state: str) -> bool:
    return state == "allow"


def identity_and_limits() -> Iterator[Case]:
    """Identity, boundary, session policy and SCP, in every combination of what each says."""
    rule = "an explicit deny anywhere wins; boundary, session policy and SCP limit and never grant"
    states = ("silent", "allow", "deny", "elsewhere")
    absent = (None, "allow", "deny", "elsewhere")
    for own, boundary, session, scp in product(states, absent, absent, absent):
        given = (own, boundary, session, scp)
        expected = STOP if "deny" in given else NO
        if expected is NO and _has(own) and all(item in {None, "allow"} for item in given[1:]):
            expected = YES
        more: dict[str, Any] = {"identityPolicies": [doc(*STATES[own])] if STATES[own] else []}
        if boundary:
            more["permissionBoundary"] = doc(*STATES[boundary])
        if session:
            more["sessionPolicy"] = doc(*STATES[session])
        if scp:
            more["scps"] = [[doc(grant())], [doc(*STATES[scp])]]
        yield case(rule, LOGIC, expected, principal=SESSION, **more)


# How a resource policy of the same account names the caller, and what limits a grant that it gives:
# "nothing" implicit, "both" boundary and session policy, "identity": it only delegates.
NAMINGS: list[tuple[str, str, Any, str]] = [
    ("the user by ARN", ALICE, {"AWS": ALICE}, "nothing"),
    ("everybody", ALICE, "*", "nothing"),
    ("everybody as AWS", ALICE, {"AWS": "*"}, "nothing"),
    ("the account's root", ALICE, {"AWS": ROOT}, "identity"),
    ("the account's number", ALICE, {"AWS": ACCOUNT}, "identity"),
    ("another user", ALICE, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}, "identity"),
    ("a user of another case", ALICE, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/Alice"}, "identity"),
    ("a wildcard within an ARN", ALICE, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, "identity"),
    ("a service", ALICE, {"Service": "lambda.amazonaws.com"}, "identity"),
    ("another account", ALICE, {"AWS": OTHER}, "identity"),
    ("the role by ARN", APP, {"AWS": APP}, "both"),
    ("the role by ARN", SESSION, {"AWS": APP}, "both"),
    ("the session by ARN", SESSION, {"AWS": SESSION}, "nothing"),
    ("another session", SESSION, {"AWS": SESSION[:-1] + "2"}, "identity"),
    ("the account's root", SESSION, {"AWS": ROOT}, "identity"),
    ("everybody", SESSION, "*", "nothing"),
    ("role and session", SESSION, {"AWS": [APP, SESSION]}, "nothing"),
    ("a role of that name elsewhere", SESSION,
     {"AWS": f"arn:aws:iam::{OTHER}:role/app"}, "identity"),
    ("the federated session by ARN", FEDERATED, {"AWS": FEDERATED}, "nothing"),
    ("the user of the federated session", FEDERATED, {"AWS": ALICE}, "both"),
]  # fmt: skip
LIMIT = {"silent": NOTHING, "allow": "*"}


def naming() -> Iterator[Case]:
    """Same account: who is named in the resource's policy decides which implicit denies count."""
    for (how, caller, principal, limited), own, boundary, session in product(
        NAMINGS, ("silent", "allow"), (None, "silent", "allow"), (None, "silent", "allow")
    ):
        if session and caller == ALICE:
            continue  # users have no session policy
        unpassed = (
            "silent" if caller == FEDERATED else None
        )  # GetFederationToken without a policy gives nothing
        limits = [item for item in (boundary, session or unpassed) if item]
        open_ = all(item == "allow" for item in limits)
        by_resource = limited == "nothing" or (limited == "both" and open_)
        expected = YES if by_resource or (own == "allow" and open_) else NO
        more: dict[str, Any] = {"resourcePolicy": doc(grant(Principal=principal))}
        more["identityPolicies"] = [doc(grant())] if own == "allow" else []
        if boundary:
            more["permissionBoundary"] = doc(grant(Action=LIMIT[boundary]))
        if session:
            more["sessionPolicy"] = doc(grant(Action=LIMIT[session]))
        rule = f"same account, the resource's policy names {how}: its grant is limited by {limited}"
        yield case(rule, LOGIC, expected, principal=caller, **more)


def denied_by_resource() -> Iterator[Case]:
    """A Deny in the resource's policy, by whom it names."""
    for how, caller, principal, _ in NAMINGS:
        hit = not any(
            word in how for word in ("another", "wildcard", "service", "elsewhere", "other case")
        )
        rule = f"a Deny of the resource's policy that names {how}"
        yield case(
            rule, LOGIC, STOP if hit else YES, principal=caller,
            identityPolicies=[doc(grant())], resourcePolicy=doc(deny(Principal=principal)),
        )  # fmt: skip


def cross_account() -> Iterator[Case]:
    """Another account's resource: both sides must allow, each under its own guardrails."""
    rule = "across accounts identity policies and the resource's policy must both allow"
    names: list[tuple[Any, bool]] = [
        ({"AWS": EVE}, True),
        ({"AWS": OTHER}, True),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, True),
        ("*", True),
        ({"AWS": ACCOUNT}, False),
        ({"AWS": f"arn:aws:iam::{OTHER}:user/other"}, False),
        (None, False),
    ]
    for (principal, names_eve), own, boundary in product(
        names, ("silent", "allow", "deny"), (None, "silent", "allow")
    ):
        expected = YES if names_eve and own == "allow" and boundary != "silent" else NO
        more: dict[str, Any] = {"identityPolicies": [doc(*STATES[own])] if STATES[own] else []}
        if principal is not None:
            more["resourcePolicy"] = doc(grant(Principal=principal))
        if boundary:
            more["permissionBoundary"] = doc(grant(Action=LIMIT[boundary]))
        expected = STOP if own == "deny" else expected
        yield case(rule, CROSS, expected, principal=EVE, **more)
    session = f"arn:aws:sts::{OTHER}:assumed-role/x/y"
    for policy, names_session in product(
        ("silent", "allow"), (session, f"arn:aws:iam::{OTHER}:role/x")
    ):
        yield case(
            "across accounts the session policy limits, whoever is named", CROSS,
            YES if policy == "allow" else NO, principal=session, identityPolicies=[doc(grant())],
            sessionPolicy=doc(grant(Action=LIMIT[policy])),
            resourcePolicy=doc(grant(Principal={"AWS": names_session})),
        )  # fmt: skip
    rule = "resourceAccount says whose a resource without account in its ARN is"
    for owner, expected in ((ACCOUNT, YES), (OTHER, NO)):
        yield case(
            rule, CROSS, expected, action="s3:GetObject", resource=OBJECT, resourceAccount=owner,
            identityPolicies=[doc(grant())],
        )  # fmt: skip
    root = f"arn:aws:iam::{OTHER}:root"
    for principal, expected in (({"AWS": root}, YES), ({"AWS": EVE}, NO)):
        yield case(
            "across accounts the root user needs the resource's policy too", CROSS, expected,
            principal=root, resourcePolicy=doc(grant(Principal=principal)),
        )  # fmt: skip


def everybody_else() -> Iterator[Case]:
    """Anonymous callers, services, the root user."""
    anonymous: list[tuple[Any, str]] = [
        ("*", YES), ({"AWS": "*"}, YES), ({"AWS": ACCOUNT}, NO), ({"AWS": ALICE}, NO),
        ({"Service": "s3.amazonaws.com"}, NO),
    ]  # fmt: skip
    for principal, expected in anonymous:
        rule = "callers without credentials are named by * alone"
        yield case(
            rule, PRINCIPAL, expected, principal="anonymous",
            resourcePolicy=doc(grant(Principal=principal)),
        )  # fmt: skip
        yield case(
            "what identity policies and SCPs say does not matter to callers without credentials",
            PRINCIPAL, expected, principal="anonymous", identityPolicies=[doc(deny())],
            scps=[[doc(deny())]], resourcePolicy=doc(grant(Principal=principal)),
        )  # fmt: skip
    for service, principal, expected in (
        ("sns.amazonaws.com", {"Service": "sns.amazonaws.com"}, YES),
        ("sns.amazonaws.com", {"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}, YES),
        ("sns.amazonaws.com", {"Service": "s3.amazonaws.com"}, NO),
        ("sns.amazonaws.com", {"AWS": ACCOUNT}, NO),
        ("sns.amazonaws.com", "*", YES),
    ):
        rule = "a service is named by its principal; SCPs do not bind it"
        yield case(
            rule, PRINCIPAL, expected, principal=service, scps=[[doc(deny())]],
            resourcePolicy=doc(grant(Principal=principal)),
        )  # fmt: skip
    block = {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}}
    for source, expected in ((f"arn:aws:sns:eu-west-1:{ACCOUNT}:t", YES),
                             (f"arn:aws:sns:eu-west-1:{OTHER}:t", NO)):  # fmt: skip
        yield case(
            "aws:SourceArn keeps a service from acting for somebody else", PRINCIPAL, expected,
            principal="sns.amazonaws.com", context={"aws:SourceArn": source},
            resourcePolicy=doc(grant(Principal={"Service": "sns.amazonaws.com"}, Condition=block)),
        )  # fmt: skip
    root = "the root user holds everything in its account, within SCPs and the resource's denies"
    yield case(root, LOGIC, YES, principal=ROOT)
    yield case(root, LOGIC, STOP, principal=ROOT, scps=[[doc(grant(), deny())]])
    yield case(root, LOGIC, NO, principal=ROOT, scps=[[doc(grant(Action=NOTHING))]])
    yield case(
        root, LOGIC, STOP, principal=ROOT, resourcePolicy=doc(deny(Principal={"AWS": ACCOUNT}))
    )
    yield case(root, LOGIC, STOP, principal=ROOT, resourcePolicy=doc(deny(Principal="*")))


def not_principals() -> Iterator[Case]:
    """A Deny of all but some: all of a caller must be listed, its account as well."""
    bob = f"arn:aws:iam::{ACCOUNT}:user/bob"
    rows: list[tuple[str, list[str], bool]] = [
        (ALICE, [ALICE, ROOT], True),
        (ALICE, [ALICE, ACCOUNT], True),
        (ALICE, [ALICE], False),
        (ALICE, [ROOT], False),
        (ALICE, [bob, ROOT], False),
        (ALICE, ["*"], True),
        (SESSION, [SESSION, APP, ROOT], True),
        (SESSION, [SESSION, APP], False),
        (SESSION, [APP, ROOT], False),
        (SESSION, [SESSION, ROOT], False),
        (APP, [APP, ROOT], True),
        (APP, [APP], False),
        (ROOT, [ROOT], True),
        (ROOT, [ALICE], False),
    ]
    for caller, listed, spared in rows:
        policy = doc(deny(Principal=None, NotPrincipal={"AWS": listed}))
        more: dict[str, Any] = {"principal": caller, "resourcePolicy": policy}
        more["identityPolicies"] = [doc(grant())]
        rule = "NotPrincipal with Deny spares who is listed whole, with its account"
        yield case(rule, NOT_PRINCIPAL, YES if spared else STOP, **more)
        if caller != ROOT:
            rule = "NotPrincipal with Deny never spares a user or role with a permissions boundary"
            yield case(rule, NOT_PRINCIPAL, STOP, permissionBoundary=doc(grant()), **more)
    for service, spared in (("sns.amazonaws.com", True), ("s3.amazonaws.com", False)):
        statements = (
            grant(Principal="*"),
            deny(Principal=None, NotPrincipal={"Service": "sns.amazonaws.com"}),
        )
        yield case(
            "NotPrincipal with Deny spares the service that it lists", NOT_PRINCIPAL,
            YES if spared else STOP, principal=service, resourcePolicy=doc(*statements),
        )  # fmt: skip


# (entry of an Action element, action of the request, whether it is meant)
ACTIONS: list[tuple[Any, str, bool]] = [
    ("*", SEND, True),
    ("*:*", SEND, True),
    ("sqs:*", SEND, True),
    ("sqs:SendMessage", SEND, True),
    ("SQS:sendmessage", SEND, True),
    ("sqs:sendMESSAGE", SEND, True),
    ("sqs:Send*", SEND, True),
    ("sqs:*Message", SEND, True),
    ("sqs:S*M*e", SEND, True),
    ("sqs:SendMessag?", SEND, True),
    ("sqs:Send???????", SEND, True),
    ("sqs:Send??????", SEND, False),
    ("sqs:Send", SEND, False),
    ("sqs:SendMessageBatch", SEND, False),
    ("sns:*", SEND, False),
    ("sq:*", SEND, False),
    ("sqss:*", SEND, False),
    ("s3:*", SEND, False),
    (["s3:*", "sqs:SendMessage"], SEND, True),
    (["s3:*", "sns:*"], SEND, False),
    ("sqs:Get*", SEND, False),
    ("sqs:*", "SQS:SENDMESSAGE", True),
    ("sqs:sendmessage", "sqs:SendMessage", True),
]


def actions() -> Iterator[Case]:
    """Action and NotAction."""
    for texts, action, meant in ACTIONS:
        rule = "actions are compared without case; * and ? are wildcards"
        statement = grant(Action=texts)
        yield case(
            rule, ACTION, YES if meant else NO, action=action, identityPolicies=[doc(statement)]
        )
        policies = [doc(grant(), deny(Action=texts))]
        yield case(rule, ACTION, STOP if meant else YES, action=action, identityPolicies=policies)
        rule = "NotAction means every action but those that match"
        statement = grant(Action=None, NotAction=texts)
        yield case(
            rule, ACTION, NO if meant else YES, action=action, identityPolicies=[doc(statement)]
        )
        policies = [doc(grant(), deny(Action=None, NotAction=texts))]
        yield case(rule, ACTION, YES if meant else STOP, action=action, identityPolicies=policies)


# (entry of a Resource element, resource of the request, whether it is meant)
RESOURCES: list[tuple[Any, str, bool]] = [
    ("*", QUEUE, True),
    (QUEUE, QUEUE, True),
    (QUEUE.upper(), QUEUE, False),
    (QUEUE + "s", QUEUE, False),
    (QUEUE[:-1], QUEUE, False),
    (QUEUE[:-1] + "*", QUEUE, True),
    (QUEUE[:-1] + "?", QUEUE, True),
    (QUEUE + "?", QUEUE, False),
    (QUEUE + "*", QUEUE, True),
    ("arn:aws:sqs:*:*:*", QUEUE, True),
    ("arn:*:sqs:*:*:jobs", QUEUE, True),
    (f"arn:aws:sqs:*:{ACCOUNT}:jobs", QUEUE, True),
    (f"arn:aws:sqs:us-*:{ACCOUNT}:jobs", QUEUE, False),
    (f"arn:aws:sqs:eu-west-?:{ACCOUNT}:jobs", QUEUE, True),
    (f"arn:aws:sqs:eu-west-1:{OTHER}:jobs", QUEUE, False),
    (f"arn:aws:sns:eu-west-1:{ACCOUNT}:jobs", QUEUE, False),
    ("arn:aws:sqs", QUEUE, True),
    ("arn:aws:sns", QUEUE, False),
    ("arn:aws:sqs:eu-west-1", QUEUE, True),
    ("arn:aws:sqs:us-east-1", QUEUE, False),
    ([f"{QUEUE}x", QUEUE], QUEUE, True),
    ([f"{QUEUE}x", f"{QUEUE}y"], QUEUE, False),
    ("arn:aws:s3:::data/*", OBJECT, True),
    ("arn:aws:s3:::data", OBJECT, False),
    ("arn:aws:s3:::data*", OBJECT, True),
    ("arn:aws:s3:::data/reports/*", OBJECT, True),
    ("arn:aws:s3:::data/*/1.csv", OBJECT, True),
    ("arn:aws:s3:::data/*.csv", OBJECT, True),
    ("arn:aws:s3:::data/*.json", OBJECT, False),
    ("arn:aws:s3:::DATA/*", OBJECT, False),
    ("arn:aws:s3:::data/reports/?.csv", OBJECT, True),
    ("arn:aws:s3:::data/reports/??.csv", OBJECT, False),
    ("arn:aws:s3:::da?a/reports/1.csv", OBJECT, True),
    ("arn:aws:s3:::*", OBJECT, True),
    ("arn:aws:s3:::data/reports/1xcsv", OBJECT, False),
    ("*", "*", True),
    ("arn:aws:sqs:eu-west-1:111122223333:jobs", "*", False),
    ("arn:aws:s3:::data", "*", False),
]


def resources() -> Iterator[Case]:
    """Resource and NotResource."""
    for texts, resource, meant in RESOURCES:
        action = (
            "s3:GetObject"
            if ":s3:" in resource
            else "s3:ListAllMyBuckets"
            if resource == "*"
            else SEND
        )
        more = {"action": action, "resource": resource}
        rule = "resources are compared with case; * and ? are wildcards; a short ARN is completed"
        statement = grant(Resource=texts)
        yield case(rule, RESOURCE, YES if meant else NO, identityPolicies=[doc(statement)], **more)
        policies = [doc(grant(), deny(Resource=texts))]
        yield case(rule, RESOURCE, STOP if meant else YES, identityPolicies=policies, **more)
        rule = "NotResource means every resource but those that match"
        statement = grant(Resource=None, NotResource=texts)
        yield case(rule, RESOURCE, NO if meant else YES, identityPolicies=[doc(statement)], **more)
        policies = [doc(grant(), deny(Resource=None, NotResource=texts))]
        yield case(rule, RESOURCE, YES if meant else STOP, identityPolicies=policies, **more)
    rule = "policy variables in Resource; their own * and ? are no wildcards"
    for name, expected in (("alice", YES), ("bob", NO), ("*", NO), ("a????", NO), (None, NO)):
        yield case(
            rule, "IAM User Guide, Variables and tags", expected, action="s3:GetObject",
            resource="arn:aws:s3:::home/alice/1", context={"aws:username": name} if name else {},
            identityPolicies=[doc(grant(Resource="arn:aws:s3:::home/${aws:username}/*"))],
        )  # fmt: skip
        yield case(
            "in policies of version 2008-10-17 variables in Resource are literal text",
            "IAM User Guide, Version", NO, action="s3:GetObject",
            resource="arn:aws:s3:::home/alice/1", context={"aws:username": name} if name else {},
            identityPolicies=[
                doc(grant(Resource="arn:aws:s3:::home/${aws:username}/*"), version="2008-10-17")
            ],
        )  # fmt: skip


def organisations() -> Iterator[Case]:
    """SCPs by level, RCPs, and who is bound by neither."""
    rule = "every level of the organisation must allow; one that does not is an implicit deny"
    for levels in product(("allow", "elsewhere", "deny"), repeat=3):
        expected = STOP if "deny" in levels else YES if set(levels) == {"allow"} else NO
        scps = [[doc(*STATES[level])] for level in levels]
        yield case(rule, SCP, expected, identityPolicies=[doc(grant())], scps=scps)
        linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
        yield case(
            "SCPs do not bind service-linked roles", SCP, YES, principal=linked,
            identityPolicies=[doc(grant())], scps=scps,
        )  # fmt: skip
        yield case("SCPs never grant", SCP, STOP if "deny" in levels else NO, scps=scps)
    rule = "one SCP of a level that allows is enough for the level"
    for first, second in product(("allow", "elsewhere", "silent"), repeat=2):
        level = [doc(*STATES[item]) for item in (first, second) if STATES[item]]
        expected = YES if "allow" in (first, second) else NO
        yield case(rule, SCP, expected, identityPolicies=[doc(grant())], scps=[level])
    for action, resource, bound in (
        (SEND, QUEUE, True), ("s3:GetObject", OBJECT, True), ("kms:Decrypt", KEY, True),
        ("secretsmanager:GetSecretValue",
         f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:x-AbCdEf", True),
        ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f", False),
        ("sagemaker:InvokeEndpoint", f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:endpoint/e", False),
    ):  # fmt: skip
        more: dict[str, Any] = {"action": action, "resource": resource}
        more["identityPolicies"] = [doc(grant())]
        more["resourcePolicy"] = doc(grant(Principal={"AWS": ROOT}))
        rcps = [[doc(deny(Principal="*"))]]
        rule = "RCPs bind the services that support them"
        yield case(rule, RCP, STOP if bound else YES, rcps=rcps, **more)
        rule = "RCPFullAWSAccess is always attached: RCPs deny and never need to allow"
        yield case(rule, RCP, YES, rcps=[[], [doc(deny(Principal="*", Action=NOTHING))]], **more)
        rule = "RCPs bind callers of other accounts and without credentials"
        if action in {SEND, "s3:GetObject"}:
            public = {**more, "resourcePolicy": doc(grant(Principal="*"))}
            yield case(rule, RCP, STOP, principal="anonymous", rcps=rcps, **public)
            yield case(rule, RCP, STOP, principal=EVE, rcps=rcps, **public)
    block = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
             "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}  # fmt: skip
    for context, expected in (
        ({"aws:PrincipalOrgID": "o-1"}, YES),
        ({"aws:PrincipalOrgID": "o-2"}, STOP),
        ({}, STOP),
        ({"aws:PrincipalOrgID": "o-2", "aws:PrincipalIsAWSService": "true"}, YES),
    ):
        yield case(
            "an RCP that keeps a data perimeter", RCP, expected, context=context,
            identityPolicies=[doc(grant())], rcps=[[doc(deny(Principal="*", Condition=block))]],
        )  # fmt: skip


def keys() -> Iterator[Case]:
    """KMS: the key policy is the root of authority; it may delegate to its account."""
    rows: list[tuple[Any, str, str]] = [
        ({"AWS": ALICE}, "silent", YES),
        ({"AWS": ALICE}, "allow", YES),
        ({"AWS": ROOT}, "silent", NO),
        ({"AWS": ROOT}, "allow", YES),
        ({"AWS": ACCOUNT}, "allow", YES),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}, "allow", NO),
        (None, "allow", NO),
        ("*", "silent", YES),
        ({"AWS": [ROOT, ALICE]}, "silent", YES),
        ({"AWS": OTHER}, "allow", NO),
        ({"AWS": ALICE}, "deny", STOP),
    ]
    for principal, own, expected in rows:
        more: dict[str, Any] = {"identityPolicies": [doc(*STATES[own])] if STATES[own] else []}
        if principal is not None:
            more["resourcePolicy"] = doc(grant(Principal=principal))
        rule = "a key policy must name the caller, or delegate to its account's policies"
        for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy"):
            yield case(rule, KMS, expected, action=action, resource=KEY, **more)
    for action, resource in (
        ("kms:CreateKey", "*"), ("kms:ListKeys", "*"), ("kms:ListAliases", "*"),
        ("kms:CreateAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/mine"),
    ):  # fmt: skip
        rule = "what is not about one key needs an identity policy alone"
        yield case(
            rule, KMS, YES, action=action, resource=resource, identityPolicies=[doc(grant())]
        )
        yield case(rule, KMS, NO, action=action, resource=resource)
    for own, principal, expected in (
        ("allow", {"AWS": EVE}, YES), ("silent", {"AWS": EVE}, NO), ("allow", {"AWS": OTHER}, YES),
        ("allow", {"AWS": ROOT}, NO),
    ):  # fmt: skip
        yield case(
            "a key of another account needs both key policy and identity policy", KMS, expected,
            principal=EVE, action="kms:Decrypt", resource=KEY,
            identityPolicies=[doc(*STATES[own])] if STATES[own] else [],
            resourcePolicy=doc(grant(Principal=principal)),
        )  # fmt: skip
    block = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    for via, expected in (("s3.eu-west-1.amazonaws.com", YES), ("ec2.eu-west-1.amazonaws.com", NO)):
        yield case(
            "kms:ViaService narrows a key policy", KMS, expected, action="kms:Decrypt",
            resource=KEY, context={"kms:ViaService": via},
            resourcePolicy=doc(grant(Principal={"AWS": ALICE}, Condition=block)),
        )  # fmt: skip


def _trust(principal: Any, **more: Any) -> Case:
    return doc(grant(Principal=principal, Action="sts:AssumeRole", Resource=None, **more))


def roles() -> Iterator[Case]:
    """Assuming roles: the trust policy decides."""
    rows: list[tuple[str, Any, str, str]] = [
        (ALICE, {"AWS": ALICE}, "silent", YES),
        (ALICE, {"AWS": ALICE}, "allow", YES),
        (ALICE, {"AWS": ALICE}, "deny", STOP),
        (ALICE, {"AWS": ROOT}, "silent", NO),
        (ALICE, {"AWS": ROOT}, "allow", YES),
        (ALICE, {"AWS": ACCOUNT}, "allow", YES),
        (ALICE, {"Service": "ec2.amazonaws.com"}, "allow", NO),
        (ALICE, {"AWS": OTHER}, "allow", NO),
        (ALICE, None, "allow", NO),
        (SESSION, {"AWS": APP}, "silent", YES),
        (SESSION, {"AWS": SESSION}, "silent", YES),
        (EVE, {"AWS": EVE}, "silent", NO),
        (EVE, {"AWS": EVE}, "allow", YES),
        (EVE, {"AWS": OTHER}, "allow", YES),
        (EVE, {"AWS": ROOT}, "allow", NO),
        (EVE, "*", "allow", YES),
        (EVE, "*", "silent", NO),
        ("ec2.amazonaws.com", {"Service": "ec2.amazonaws.com"}, "silent", YES),
        ("ec2.amazonaws.com", {"Service": "lambda.amazonaws.com"}, "silent", NO),
        (ROOT, {"AWS": ROOT}, "allow", NO),
    ]
    for caller, principal, own, expected in rows:
        more: dict[str, Any] = {"identityPolicies": [doc(*STATES[own])] if STATES[own] else []}
        if principal is not None:
            more["resourcePolicy"] = _trust(principal)
        rule = "the trust policy names the caller, or delegates to its account's policies"
        yield case(
            rule, STS, expected, principal=caller, action="sts:AssumeRole", resource=ROLE, **more
        )
    for key, wanted, given in (
        ("sts:ExternalId", "s3cr3t", "s3cr3t"), ("sts:ExternalId", "s3cr3t", "other"),
        ("sts:ExternalId", "s3cr3t", None), ("aws:PrincipalOrgID", "o-1", "o-1"),
        ("aws:PrincipalOrgID", "o-1", "o-2"), ("sts:RoleSessionName", "ci", "ci"),
    ):  # fmt: skip
        yield case(
            "conditions of a trust policy", STS, YES if given == wanted else NO, principal=EVE,
            action="sts:AssumeRole", resource=ROLE, context={key: given} if given else {},
            identityPolicies=[doc(grant())],
            resourcePolicy=_trust({"AWS": EVE}, Condition={"StringEquals": {key: wanted}}),
        )  # fmt: skip
    github = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    sub = "token.actions.githubusercontent.com:sub"
    for given, expected in (("repo:acme/app:ref:main", YES), ("repo:evil/app:ref:main", NO)):
        statement = grant(
            Principal={"Federated": github}, Action="sts:AssumeRoleWithWebIdentity", Resource=None,
            Condition={"StringLike": {sub: "repo:acme/*"}},
        )  # fmt: skip
        yield case(
            "a web identity is trusted through its provider and needs no identity policy", STS,
            expected, principal=github, action="sts:AssumeRoleWithWebIdentity", resource=ROLE,
            context={sub: given}, resourcePolicy=doc(statement),
        )  # fmt: skip
    for caller, own in product((ALICE, SESSION, ROOT), ("silent", "allow", "deny")):
        yield case(
            "sts:GetCallerIdentity needs no permission and cannot be denied", STS, YES,
            principal=caller, action="sts:GetCallerIdentity", resource="*",
            identityPolicies=[doc(*STATES[own])] if STATES[own] else [],
        )  # fmt: skip
    yield case(
        "a role is passed within its own account only", "IAM User Guide, Passing a role", NO,
        action="iam:PassRole", resource=f"arn:aws:iam::{OTHER}:role/x",
        identityPolicies=[doc(grant())],
    )  # fmt: skip


PUBLIC: list[tuple[str, Any, Any, bool]] = [
    ("everybody", "*", None, True),
    ("everybody as AWS", {"AWS": "*"}, None, True),
    ("one account", {"AWS": OTHER}, None, False),
    ("one user", {"AWS": EVE}, None, False),
    ("one organisation", "*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
    ("organisations by wildcard", "*", {"StringLike": {"aws:PrincipalOrgID": "o-*"}}, True),
    ("one account by condition", "*", {"StringEquals": {"aws:PrincipalAccount": OTHER}}, False),
    ("one endpoint", "*", {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
    ("a negated endpoint", "*", {"StringNotEquals": {"aws:SourceVpce": "vpce-2"}}, True),
    ("a narrow network", "*", {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
    ("half of the Internet", "*", {"IpAddress": {"aws:SourceIp": "128.0.0.0/1"}}, True),
    ("the Internet", "*", {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
    ("TLS", "*", {"Bool": {"aws:SecureTransport": "true"}}, True),
    ("a user agent", "*", {"StringEquals": {"aws:UserAgent": "cli"}}, True),
    ("an organisation if it exists", "*",
     {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
    ("principals of one account", "*",
     {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:user/*"}}, False),
    ("a policy variable", "*",
     {"StringEquals": {"aws:PrincipalAccount": "${aws:SourceAccount}"}}, True),
]  # fmt: skip
PUBLIC_CONTEXT = {
    "aws:PrincipalOrgID": "o-1", "aws:PrincipalAccount": OTHER, "aws:SourceVpce": "vpce-1",
    "aws:SourceIp": "203.0.113.9", "aws:SecureTransport": "true", "aws:UserAgent": "cli",
    "aws:PrincipalArn": EVE, "aws:SourceAccount": OTHER,
}  # fmt: skip


def public_buckets() -> Iterator[Case]:
    """S3: under RestrictPublicBuckets a public policy serves the bucket's account and services alone."""
    for what, principal, block, public in PUBLIC:
        holds = not (block and "128.0.0.0/1" in str(block))
        context = PUBLIC_CONTEXT if holds else {**PUBLIC_CONTEXT, "aws:SourceIp": "203.0.113.9"}
        rule = f"RestrictPublicBuckets and a policy that serves {what}"
        for blocked, caller in product((False, True), (EVE, ALICE)):
            expected = STOP if blocked and public and caller == EVE else YES
            yield case(
                rule, S3, expected, principal=caller, action="s3:GetObject", resource=OBJECT,
                resourceAccount=ACCOUNT, context=context, identityPolicies=[doc(grant())],
                resourcePolicy=doc(grant(Principal=principal, Condition=block)),
                s3BlockPublicAccess=blocked,
            )  # fmt: skip
    for blocked, expected in ((False, YES), (True, STOP)):
        yield case(
            "RestrictPublicBuckets stops callers without credentials", S3, expected,
            principal="anonymous", action="s3:GetObject", resource=OBJECT, resourceAccount=ACCOUNT,
            resourcePolicy=doc(grant(Principal="*")), s3BlockPublicAccess=blocked,
        )  # fmt: skip
    yield case(
        "RestrictPublicBuckets lets services through", S3, YES, principal="logging.s3.amazonaws.com",
        action="s3:PutObject", resource=OBJECT, resourceAccount=ACCOUNT, s3BlockPublicAccess=True,
        resourcePolicy=doc(grant(Principal="*")),
    )  # fmt: skip


def endpoints() -> Iterator[Case]:
    """VPC endpoint policies must allow, and never grant."""
    for own, endpoint in product(("silent", "allow", "deny"), ("allow", "elsewhere", "deny")):
        expected = NO
        if "deny" in (own, endpoint):
            expected = STOP
        elif (own, endpoint) == ("allow", "allow"):
            expected = YES
        statements = [{**item, "Principal": "*"} for item in STATES[endpoint]]
        yield case(
            "the endpoint's policy must allow as well", ENDPOINT, expected,
            identityPolicies=[doc(*STATES[own])] if STATES[own] else [],
            vpcEndpointPolicies=[doc(*statements)],
        )  # fmt: skip
    for principal, expected in (
        ({"AWS": ALICE}, YES), ({"AWS": ACCOUNT}, YES), ({"AWS": EVE}, NO), ("*", YES),
    ):  # fmt: skip
        yield case(
            "the endpoint's policy names who may use it", ENDPOINT, expected,
            identityPolicies=[doc(grant())],
            vpcEndpointPolicies=[doc(grant(Principal=principal))],
        )  # fmt: skip


def malformed() -> Iterator[Case]:
    """What AWS refuses to save is explained, and stops nothing else."""
    good = grant()
    bad: list[tuple[str, Any]] = [
        ("an effect that is none", doc({**good, "Effect": "Permit"})),
        ("no effect", doc({**good, "Effect": None})),
        ("no action", doc(grant(Action=None))),
        ("Action and NotAction", doc(grant(NotAction="s3:*"))),
        ("no resource in an identity policy", doc(grant(Resource=None))),
        ("Resource and NotResource", doc(grant(NotResource="*"))),
        ("a principal in an identity policy", doc(grant(Principal="*"))),
        ("an operator that is none", doc(grant(Condition={"StringIs": {"aws:username": "a"}}))),
        ("a set operator that is none",
         doc(grant(Condition={"ForSome:StringEquals": {"aws:username": "a"}}))),
        ("a condition that is no object", doc(grant(Condition=["x"]))),
        ("keys that are no object", doc(grant(Condition={"StringEquals": "x"}))),
        ("a value that is an object", doc(grant(Condition={"StringEquals": {"aws:username": {}}}))),
        ("an element that is none", doc({**good, "Conditions": {}})),
        ("a version that is none", doc(good, version="2012-10-18")),
        ("no statement", {"Version": "2012-10-17"}),
        ("a statement that is a text", {"Version": "2012-10-17", "Statement": "Allow"}),
        ("an action that is a number", doc(grant(Action=7))),
        ("a list", ["x"]),
        ("a number", 7),
    ]  # fmt: skip
    grammar = "IAM User Guide, Grammar of the IAM JSON policy language"
    for what, document in bad:
        yield case(f"malformed: {what}", grammar, "Error", identityPolicies=[document])
        yield case(
            f"malformed: {what}, beside a policy that allows", grammar, "Error",
            identityPolicies=[doc(good), document],
        )  # fmt: skip
    single = {"Version": "2012-10-17", "Statement": good}
    yield case(
        "a single statement may stand without a list", grammar, YES, identityPolicies=[single]
    )
    yield case("a document may stand without a list", grammar, YES, identityPolicies=[doc(good)],
               permissionBoundary=doc(good))  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    for group in (
        identity_and_limits, naming, denied_by_resource, cross_account, everybody_else,
        not_principals, actions, resources, organisations, keys, roles, public_buckets, endpoints,
        malformed,
    ):  # fmt: skip
        yield from group()
