"""The services, each in the case that the recorded estate does not have."""

import json

import pytest

from collectors.aws.services import MAPPERS
from collectors.aws.shape import Shape
from collectors.mapping import map_snapshot
from graph.model import CoverageEntry, CoverageState, Record, Snapshot
from graph.schema import load_schema

from .answers import ACCOUNT, HERE, answer, arn, edges, estate, failed, resource

AGENT = arn("bedrock", "agent/A1")
TOOL = f"{AGENT}/action-group/G1"


def test_an_agent_with_its_guardrail_tools_knowledge_and_helpers():
    group = {"agentId": "A1", "agentVersion": "1", "actionGroupId": "G1", "actionGroupName": "t"}
    function = arn("lambda", "function:tool")
    found = estate(
        answer(
            "bedrock-agent:GetAgent",
            {
                "agent": {
                    "agentId": "A1",
                    "agentName": "support",
                    "foundationModel": "us.anthropic.claude-x",
                    "guardrailConfiguration": {"guardrailIdentifier": "g1"},
                    "memoryConfiguration": {"enabledMemoryTypes": ["SESSION_SUMMARY"]},
                }
            },
        ),
        answer(
            "bedrock-agent:GetAgentActionGroup",
            {
                "agentActionGroup": {
                    **group,
                    "actionGroupState": "ENABLED",
                    "actionGroupExecutor": {"lambda": f"{function}:live"},
                    "functionSchema": {
                        "functions": [{"name": "pay", "requireConfirmation": "DISABLED"}]
                    },
                }
            },
        ),
        answer(
            "bedrock-agent:ListAgentKnowledgeBases",
            {"agentKnowledgeBaseSummaries": [{"knowledgeBaseId": "K1"}]},
            agentId="A1",
            agentVersion="DRAFT",
        ),
        answer(
            "bedrock-agent:ListAgentCollaborators",
            {
                "agentCollaboratorSummaries": [
                    {"agentDescriptor": {"aliasArn": arn("bedrock", "agent-alias/A2/L1")}}
                ]
            },
            agentId="A1",
            agentVersion="DRAFT",
        ),
    )
    agent = found.assets[AGENT]
    assert agent.properties["guardrail"] == arn("bedrock", "guardrail/g1")
    assert agent.properties["memory"] is True
    assert edges(found, "PROTECTED_BY") == {(AGENT, arn("bedrock", "guardrail/g1"))}
    profile = arn("bedrock", "inference-profile/us.anthropic.claude-x")
    assert edges(found, "USES_MODEL") == {(AGENT, profile)}
    assert edges(found, "USES_TOOL") == {(AGENT, TOOL)}
    assert edges(found, "INVOKES") == {(TOOL, function)}
    assert edges(found, "USES_KNOWLEDGE_BASE") == {(AGENT, arn("bedrock", "knowledge-base/K1"))}
    assert edges(found, "DELEGATES_TO") == {(AGENT, arn("bedrock", "agent/A2"))}
    assert found.assets[TOOL].properties["confirmation"] is False
    assert found.assets[TOOL].properties["executor"] == "lambda"


def test_a_tool_that_is_switched_off_is_not_used():
    summary = {"actionGroupId": "G1", "actionGroupName": "t", "actionGroupState": "DISABLED"}
    found = estate(
        answer(
            "bedrock-agent:ListAgentActionGroups",
            {"actionGroupSummaries": [summary]},
            agentId="A1",
            agentVersion="DRAFT",
        )
    )
    assert TOOL in found.assets
    assert edges(found, "USES_TOOL") == set()


def test_a_knowledge_base_knows_what_it_is_grounded_on():
    knowledge = arn("bedrock", "knowledge-base/K1")
    source = {
        "knowledgeBaseId": "K1",
        "dataSourceId": "D1",
        "name": "docs",
        "dataSourceConfiguration": {
            "type": "S3",
            "s3Configuration": {"bucketArn": "arn:aws:s3:::acme-docs"},
        },
    }
    found = estate(
        answer(
            "bedrock-agent:ListDataSources",
            {"dataSourceSummaries": [{"dataSourceId": "D1", "name": "docs"}]},
            knowledgeBaseId="K1",
        ),
        answer("bedrock-agent:GetDataSource", {"dataSource": source}),
    )
    assert edges(found, "GROUNDED_ON") == {(knowledge, "arn:aws:s3:::acme-docs")}
    assert found.assets[knowledge].properties["data_sources"] == [
        {"id": "D1", "name": "docs", "type": "S3"}
    ]


def test_a_guardrail_tells_how_it_meets_prompt_attacks():
    filters = [
        {"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH"},
        {"type": "PROMPT_ATTACK", "inputStrength": "LOW", "outputStrength": "NONE"},
    ]
    guardrail = arn("bedrock", "guardrail/g1")
    body = {
        "guardrailArn": guardrail,
        "name": "g",
        "contentPolicy": {"filters": filters},
        "sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "action": "BLOCK"}]},
    }
    properties = estate(answer("bedrock:GetGuardrail", body)).assets[guardrail].properties
    assert properties["prompt_attack_strength"] == "LOW"
    assert properties["pii_entities"] == ["EMAIL"]
    assert properties["kms_key"] is None


def test_no_invocation_logging_is_known_to_be_off():
    found = estate(answer("bedrock:GetModelInvocationLoggingConfiguration", {}))
    settings = found.assets[arn("bedrock", "settings")]
    assert settings.name == "Bedrock in us-east-1"
    assert settings.properties["invocation_logging"] is False
    assert settings.properties["log_text"] is False


def test_a_used_inference_profile_leads_to_its_models():
    profile = arn("bedrock", "inference-profile/us.m")
    model = "arn:aws:bedrock:us-west-2::foundation-model/m"
    summary = {"inferenceProfileArn": profile, "inferenceProfileName": "US m"}
    other = {"inferenceProfileArn": arn("bedrock", "inference-profile/us.o")}
    found = estate(
        answer(
            "bedrock:ListInferenceProfiles",
            {
                "inferenceProfileSummaries": [
                    {**summary, "models": [{"modelArn": model}]},
                    {**other, "models": [{"modelArn": model}]},
                ]
            },
        ),
        answer(
            "bedrock-agent:GetAgent",
            {"agent": {"agentId": "A1", "agentName": "a", "foundationModel": "us.m"}},
        ),
    )
    assert edges(found, "BASED_ON") == {(profile, model)}
    assert other["inferenceProfileArn"] not in found.assets


def test_an_instance_runs_as_the_role_of_its_profile():
    instance, profile = arn("ec2", "instance/i-1"), f"arn:aws:iam::{ACCOUNT}:instance-profile/p"
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    found = estate(
        answer(
            "ec2:DescribeInstances",
            {
                "Reservations": [
                    {
                        "Instances": [
                            {
                                "InstanceId": "i-1",
                                "IamInstanceProfile": {"Arn": profile},
                                "MetadataOptions": {"HttpTokens": "optional"},
                                "PublicIpAddress": "203.0.113.9",
                                "SubnetId": "subnet-1",
                                "SecurityGroups": [{"GroupId": "sg-1"}],
                                "Tags": [{"Key": "Name", "Value": "trainer"}],
                            }
                        ]
                    }
                ]
            },
        ),
        answer(
            "iam:ListInstanceProfiles",
            {"InstanceProfiles": [{"Arn": profile, "Roles": [{"Arn": role}]}]},
        ),
    )
    assert found.assets[instance].name == "trainer"
    assert found.assets[instance].properties["imds_v2_required"] is False
    assert edges(found, "RUNS_AS") == {(instance, role)}
    assert edges(found, "IN_NETWORK") == {(instance, arn("ec2", "subnet/subnet-1"))}
    assert edges(found, "GUARDED_BY") == {(instance, arn("ec2", "security-group/sg-1"))}


def test_rules_of_a_security_group():
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "UserIdGroupPairs": [{"GroupId": "sg-2"}],
    }
    body = {"GroupId": "sg-1", "GroupName": "open", "VpcId": "vpc-1", "IpPermissions": [permission]}
    found = estate(answer("ec2:DescribeSecurityGroups", {"SecurityGroups": [body]}))
    properties = found.assets[arn("ec2", "security-group/sg-1")].properties
    assert properties["ingress"] == [
        {
            "protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
            "cidrs": ["0.0.0.0/0", "::/0"],
            "groups": [arn("ec2", "security-group/sg-2")],
        }
    ]
    assert properties["egress"] == []


def test_a_training_job_produces_the_model_that_loads_its_output():
    file = "s3://acme-models/out/model.tar.gz"
    job, model = arn("sagemaker", "training-job/j"), arn("sagemaker", "model/m")
    found = estate(
        answer(
            "sagemaker:DescribeTrainingJob",
            {"TrainingJobArn": job, "ModelArtifacts": {"S3ModelArtifacts": file}},
        ),
        answer(
            "sagemaker:DescribeModel",
            {"ModelArn": model, "ModelName": "m", "PrimaryContainer": {"ModelDataUrl": file}},
        ),
    )
    assert edges(found, "PRODUCES") == {(job, model)}
    assert found.assets[model].properties["custom"] is True


def test_a_model_package_belongs_to_its_group():
    package = arn("sagemaker", "model-package/fraud/1")
    found = estate(
        answer(
            "sagemaker:DescribeModelPackage",
            {
                "ModelPackageArn": package,
                "ModelPackageGroupName": "fraud",
                "ModelApprovalStatus": "Approved",
                "ModelMetrics": {"Bias": {"Report": {"ContentType": "a", "S3Uri": "s3://b/c"}}},
            },
        )
    )
    group = arn("sagemaker", "model-package-group/fraud")
    assert edges(found, "MEMBER_OF") == {(package, group)}
    properties = found.assets[package].properties
    assert (properties["quality_report"], properties["bias_report"]) == (False, True)


def test_a_key_is_named_by_its_alias_and_found_by_it():
    key = arn("kms", "key/11111111-2222-3333-4444-555555555555")
    alias = {"AliasName": "alias/train", "TargetKeyId": key.rpartition("/")[2]}
    found = estate(
        answer("kms:ListAliases", {"Aliases": [alias]}),
        answer("kms:ListKeys", {"Keys": [{"KeyId": alias["TargetKeyId"], "KeyArn": key}]}),
        answer(
            "secretsmanager:ListSecrets",
            {"SecretList": [{"ARN": arn("secretsmanager", "secret:s"), "KmsKeyId": "alias/train"}]},
        ),
    )
    assert found.assets[key].name == "train"
    assert found.assets[key].properties["aliases"] == ["alias/train"]
    assert edges(found, "ENCRYPTED_BY") == {(arn("secretsmanager", "secret:s"), key)}


def test_a_function_with_and_without_a_url():
    function = arn("lambda", "function:f")
    listed = answer("lambda:ListFunctions", {"Functions": [{"FunctionArn": function}]})
    absent = failed("lambda:GetFunctionUrlConfig", "ResourceNotFoundException", FunctionName="f")
    denied = failed("lambda:GetFunctionUrlConfig", "AccessDeniedException", FunctionName="f")
    assert estate(listed, absent).assets[function].properties["url_auth"] is None
    assert "url_auth" not in estate(listed, denied).assets[function].properties


def test_a_network_policy_says_which_collections_are_public():
    collection = arn("aoss", "collection/abc")
    rules = [{"ResourceType": "collection", "Resource": ["collection/vec*"]}]
    found = estate(
        answer(
            "opensearchserverless:ListCollections",
            {"collectionSummaries": [{"arn": collection, "name": "vectors"}]},
        ),
        answer(
            "opensearchserverless:GetSecurityPolicy",
            {
                "securityPolicyDetail": {
                    "type": "network",
                    "policy": [{"Rules": rules, "AllowFromPublic": True}],
                }
            },
        ),
    )
    assert found.assets[collection].properties["public"] is True


def test_accounts_stand_in_their_units():
    master, organisation = "arn:aws:organizations::999988887777", "o-abc"
    unit = {"Id": "ou-1", "Arn": f"{master}:ou/{organisation}/ou-1", "Name": "ML"}
    member = {"Id": ACCOUNT, "Arn": f"{master}:account/{organisation}/{ACCOUNT}", "Name": "ml-prod"}
    found = estate(
        answer(
            "organizations:ListOrganizationalUnitsForParent",
            {"OrganizationalUnits": [unit]},
            ParentId="r-1",
        ),
        answer("organizations:ListAccountsForParent", {"Accounts": [member]}, ParentId="ou-1"),
        answer(
            "organizations:ListPolicies",
            {"Policies": [{"Id": "p-1", "Arn": f"{master}:policy/{organisation}/scp/p-1"}]},
            Filter="SERVICE_CONTROL_POLICY",
        ),
        answer(
            "organizations:ListTargetsForPolicy",
            {"Targets": [{"TargetId": ACCOUNT, "Arn": member["Arn"], "Type": "ACCOUNT"}]},
            PolicyId="p-1",
        ),
    )
    account = f"arn:aws:iam::{ACCOUNT}:root"
    assert edges(found, "MEMBER_OF") == {
        (account, unit["Arn"]),
        (unit["Arn"], f"{master}:root/{organisation}/r-1"),
    }
    assert found.assets[account].name == "ml-prod"
    assert found.assets[account].properties["management"] is False
    policy = f"{master}:policy/{organisation}/scp/p-1"
    assert edges(found, "APPLIES_TO") == {(policy, account)}


def test_gateway_targets_are_tools():
    gateway = arn("bedrock-agentcore", "gateway/gw")
    target = {
        "gatewayArn": gateway,
        "targetId": "T1",
        "name": "orders",
        "targetConfiguration": {"mcp": {"lambda": {"lambdaArn": arn("lambda", "function:f")}}},
    }
    found = estate(
        answer("bedrock-agentcore-control:GetGatewayTarget", target, gatewayIdentifier="gw")
    )
    tool = f"{gateway}/target/T1"
    assert edges(found, "EXPOSES_TOOL") == {(gateway, tool)}
    assert edges(found, "INVOKES") == {(tool, arn("lambda", "function:f"))}


def test_terraform_permissions_of_one_function_make_one_policy():
    function = arn("lambda", "function:f")
    found = estate(
        resource("aws_lambda_function.f", arn=function, function_name="f", role="r"),
        *(
            resource(
                f"aws_lambda_permission.{name}",
                statement_id=name,
                action="lambda:InvokeFunction",
                function_name="f",
                principal=principal,
                source_arn=None,
            )
            for name, principal in (("a", "bedrock.amazonaws.com"), ("b", "*"))
        ),
    )
    statements = found.assets[function].properties["policy"]["Statement"]
    assert {s["Sid"]: s["Principal"] for s in statements} == {
        "a": {"Service": "bedrock.amazonaws.com"},
        "b": {"AWS": "*"},
    }
    assert all(s["Resource"] == function for s in statements)


def test_terraform_security_group_rules_are_joined():
    group = arn("ec2", "security-group/sg-1")
    found = estate(
        resource("aws_security_group.g", id="sg-1", name="g", vpc_id="vpc-1", ingress=[]),
        resource(
            "aws_vpc_security_group_ingress_rule.a",
            security_group_id="sg-1",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4="0.0.0.0/0",
        ),
        resource(
            "aws_security_group_rule.b",
            type="ingress",
            security_group_id="sg-1",
            protocol="tcp",
            from_port=22,
            to_port=22,
            cidr_blocks=["10.0.0.0/8", "192.0.2.0/24"],
        ),
    )
    rules = found.assets[group].properties["ingress"]
    assert {(r["from_port"], tuple(r["cidrs"])) for r in rules} == {
        (443, ("0.0.0.0/0",)),
        (22, ("10.0.0.0/8", "192.0.2.0/24")),
    }
    assert "egress" not in found.assets[group].properties


def test_terraform_agents_and_knowledge():
    knowledge = arn("bedrock", "knowledge-base/K1")
    found = estate(
        resource(
            "aws_bedrockagent_agent.a",
            agent_id="A1",
            agent_arn=AGENT,
            agent_name="a",
            foundation_model="m",
            instruction={"redacted": "content"},
            guardrail_configuration=[],
            memory_configuration=[],
        ),
        resource(
            "aws_bedrockagent_agent_action_group.t",
            agent_id="A1",
            action_group_id="G1",
            action_group_name="t",
            action_group_executor=[{"lambda": arn("lambda", "function:f"), "custom_control": None}],
        ),
        resource(
            "aws_bedrockagent_data_source.d",
            knowledge_base_id="K1",
            data_source_id="D1",
            name="docs",
            data_source_configuration=[
                {"type": "S3", "s3_configuration": [{"bucket_arn": "arn:aws:s3:::docs"}]}
            ],
        ),
        resource(
            "aws_bedrockagent_agent_knowledge_base_association.k",
            agent_id="A1",
            knowledge_base_id="K1",
            knowledge_base_state="ENABLED",
        ),
    )
    properties = found.assets[AGENT].properties
    assert properties["guardrail"] is None
    assert properties["memory"] is False
    assert "instruction_length" not in properties
    assert "status" not in properties
    assert edges(found, "USES_TOOL") == {(AGENT, TOOL)}
    assert edges(found, "INVOKES") == {(TOOL, arn("lambda", "function:f"))}
    assert edges(found, "GROUNDED_ON") == {(knowledge, "arn:aws:s3:::docs")}
    assert edges(found, "USES_KNOWLEDGE_BASE") == {(AGENT, knowledge)}


def test_an_old_bucket_keeps_its_settings_inside():
    policy = {"Version": "2012-10-17", "Statement": []}
    inside = resource("aws_s3_bucket.b", bucket="b", policy=json.dumps(policy))
    assert estate(inside).assets["arn:aws:s3:::b"].properties["policy"] == policy
    newer = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]}
    beside = resource("aws_s3_bucket_policy.b", bucket="b", policy=json.dumps(newer))
    assert estate(inside, beside).assets["arn:aws:s3:::b"].properties["policy"] == newer


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("iam:GetAccountAuthorizationDetails", {"UserDetailList": ["not a user"]}),
        ("s3:GetBucketAcl", {"Grants": 7}),
        ("ec2:DescribeSecurityGroups", {"SecurityGroups": [{"GroupId": 1, "IpPermissions": 3}]}),
        ("kms:ListAliases", {"Aliases": ["x"]}),
    ],
)
def test_an_answer_of_another_build_counts_as_not_read(operation, body):
    record = Record(
        source="aws-cli", operation=operation, scope=HERE, params={"Bucket": "b"}, body=body
    )
    entry = CoverageEntry(
        operation=operation, scope=HERE, state=CoverageState.COMPLETE, record=record.id
    )
    found = map_snapshot(Snapshot(records=(record,), coverage=(entry,)))
    assert [e.state for e in found.coverage] == [CoverageState.FAILED]
    assert found.coverage.gap(operation, HERE) is not None


def test_every_table_uses_words_of_the_schema():
    schema = load_schema()
    for operation, mapper in MAPPERS.items():
        if isinstance(mapper, Shape) and isinstance(mapper.kind, str):
            label = schema.label(mapper.kind).name
            for name in (*mapper.fields, *mapper.constants):
                assert schema.property(label, name), (operation, name)
            assert {edge.kind for edge in mapper.edges} <= set(schema.relationships)
