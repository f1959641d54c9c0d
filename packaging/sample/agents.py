"""Agents' surroundings in the ML production account: tools, roles, stores of vectors, gateways of AgentCore.

Bedrock's own agents are in answers.py: the test server does not know enough of them.
"""

import json

from sample.company import Company
from sample.console import HOME, Account, allow, service
from sample.production import GUIDES, INBOX, PROTOCOLS, TRAINING


def seed(company: Company) -> None:
    """Tools first, then who calls them."""
    account = company.production
    company.clock.set("2026-04-13")
    _tools(account)
    _agent_roles(account)
    _vectors(account)
    company.clock.set("2026-08-24")
    _agentcore(account)


def _tools(account: Account) -> None:
    sessions = account.arn("dynamodb", "table/agent-sessions")
    history = account.arn("dynamodb", "table/feature-claims-history")
    plain = account.role(
        "tool-refill",
        service("lambda"),
        allow(["dynamodb:GetItem", "dynamodb:PutItem"], sessions),
        owner="patient-experience",
    )
    account.function("tool-refill-request", plain, invoked_by="bedrock", owner="patient-experience")
    messages = account.role(
        "tool-messages",
        service("lambda"),
        allow(["ses:SendEmail", "sns:Publish"]),
        allow("dynamodb:GetItem", sessions),
        owner="patient-experience",
    )
    account.function(
        "tool-send-message",
        messages,
        invoked_by="bedrock",
        variables={"SENDER": "care@larkfield-health.example"},
        owner="patient-experience",
    )
    refunds = account.role(
        "tool-refunds", service("lambda"), allow(["dynamodb:*"], [sessions, history]), allow("s3:*", [f"arn:aws:s3:::{INBOX}/*", f"arn:aws:s3:::{GUIDES}/*"]),
        allow("secretsmanager:GetSecretValue"), owner="billing",
    )  # fmt: skip
    account.function(
        "tool-issue-refund",
        refunds,
        invoked_by="bedrock",
        variables={"PAYMENT_PROVIDER_KEY": "not-a-secret"},
        owner="billing",
    )
    score = account.role(
        "scoring-gateway", service("lambda"), allow("sagemaker:InvokeEndpoint"), owner="claims-ml"
    )
    account.function(
        "scoring-gateway",
        score,
        url="NONE",
        variables={"ENDPOINT": "claims-triage"},
        owner="claims-ml",
        environment="production",
    )
    fetch = account.role(
        "tool-guide-sync",
        service("lambda"),
        allow(["s3:GetObject"], f"arn:aws:s3:::{INBOX}/*"),
        allow("s3:PutObject", f"arn:aws:s3:::{GUIDES}/*"),
        owner="patient-experience",
    )
    account.function("inbox-to-guides", fetch, owner="patient-experience")


def _agent_roles(account: Account) -> None:
    here = {"StringEquals": {"aws:SourceAccount": account.id}}
    boundary = account.policy(
        "agent-boundary",
        allow(
            [
                "bedrock:InvokeModel",
                "bedrock:Retrieve",
                "bedrock:ApplyGuardrail",
                "s3:GetObject",
                "kms:Decrypt",
            ]
        ),
    )
    # The first agent: started with what worked.
    account.role(
        "agent-patient-support", service("bedrock"), allow(["bedrock:InvokeModel", "bedrock:Retrieve"]), allow(["s3:GetObject", "s3:PutObject"]),
        allow("lambda:InvokeFunction"), allow(["dynamodb:GetItem", "dynamodb:Query"]), allow("kms:Decrypt"), owner="patient-experience",
    )  # fmt: skip
    account.role(
        "agent-clinical-summary", service("bedrock", **here), allow(["bedrock:InvokeModel", "bedrock:Retrieve", "bedrock:ApplyGuardrail"]),
        allow("s3:*"), boundary=boundary, owner="clinical-ml",
    )  # fmt: skip
    account.role(
        "agent-care-navigator",
        service("bedrock", **here),
        allow(["bedrock:InvokeModel", "bedrock:GetAgentAlias"]),
        allow(
            "bedrock:InvokeAgent",
            [
                account.arn("bedrock", f"agent-alias/{agent}/*")
                for agent in ("BILLING001", "PSUPPORT01")
            ],
        ),
        owner="patient-experience",
    )
    account.role(
        "agent-billing", service("bedrock", **here), allow(["bedrock:InvokeModel", "bedrock:UpdateGuardrail"]), allow("lambda:InvokeFunction"),
        allow(["dynamodb:PutItem", "dynamodb:GetItem"], account.arn("dynamodb", "table/feature-claims-history")), owner="billing",
    )  # fmt: skip
    account.role(
        "kb-patient-guides",
        service("bedrock", **here),
        allow("s3:GetObject", [f"arn:aws:s3:::{GUIDES}/*", f"arn:aws:s3:::{INBOX}/*"]),
        allow(["aoss:APIAccessAll", "bedrock:InvokeModel"]),
        owner="patient-experience",
    )
    account.role(
        "kb-clinical-protocols",
        service("bedrock", **here),
        allow("s3:GetObject", f"arn:aws:s3:::{PROTOCOLS}/*"),
        allow(["aoss:APIAccessAll", "bedrock:InvokeModel", "kms:Decrypt"]),
        owner="clinical-ml",
    )


def _vectors(account: Account) -> None:
    aoss = account.client("opensearchserverless")
    key = account.key("vectors", owner="ml-platform")
    for name, public in {"patient-guides": True, "clinical-protocols": False}.items():
        rules = [{"Resource": [f"collection/{name}"], "ResourceType": "collection"}]
        aoss.create_security_policy(
            name=name,
            type="encryption",
            policy=json.dumps({"Rules": rules, "AWSOwnedKey": False, "KmsARN": key}),
        )
        aoss.create_collection(name=name, type="VECTORSEARCH")
        network = {
            "Rules": rules,
            "AllowFromPublic": public,
            **({} if public else {"SourceVPCEs": ["vpce-0c1d2e3f405162738"]}),
        }
        aoss.create_security_policy(name=name, type="network", policy=json.dumps([network]))


def _agentcore(account: Account) -> None:
    core = account.client("bedrock-agentcore-control")
    tools = account.role(
        "gateway-member-tools",
        service("bedrock-agentcore"),
        allow("lambda:InvokeFunction"),
        allow(["secretsmanager:GetSecretValue"]),
        owner="patient-experience",
    )
    careful = account.role(
        "gateway-clinician-tools", service("bedrock-agentcore", StringEquals={"aws:SourceAccount": account.id}),
        allow("lambda:InvokeFunction", account.arn("lambda", "function:tool-refill-request")), owner="clinical-ml",
    )  # fmt: skip
    opened = core.create_gateway(
        name="member-tools", roleArn=tools, protocolType="MCP", authorizerType="NONE"
    )
    closed = core.create_gateway(
        name="clinician-tools", roleArn=careful, protocolType="MCP", authorizerType="CUSTOM_JWT",
        authorizerConfiguration={"customJWTAuthorizer": {"discoveryUrl": "https://login.larkfield-health.example/.well-known/openid-configuration", "allowedAudience": ["clinician-tools"]}},
    )  # fmt: skip
    for gateway, functions in (
        (opened, ("tool-issue-refund", "tool-send-message")),
        (closed, ("tool-refill-request",)),
    ):
        for name in functions:
            schema = {
                "inlinePayload": [
                    {
                        "name": name.removeprefix("tool-"),
                        "description": f"Runs {name}.",
                        "inputSchema": {"type": "object"},
                    }
                ]
            }
            core.create_gateway_target(
                gatewayIdentifier=gateway["gatewayId"], name=name,
                targetConfiguration={"mcp": {"lambda": {"lambdaArn": account.arn("lambda", f"function:{name}"), "toolSchema": schema}}},
                credentialProviderConfigurations=[{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
            )  # fmt: skip
    image = f"{account.id}.dkr.ecr.{HOME}.amazonaws.com/ml/training-base:latest"
    runtime = account.role(
        "runtime-prior-authorisation", service("bedrock-agentcore"), allow(["bedrock:InvokeModel", "bedrock:Retrieve"]),
        allow("s3:GetObject", [f"arn:aws:s3:::{TRAINING}/*", f"arn:aws:s3:::{PROTOCOLS}/*"]), owner="claims-ml",
    )  # fmt: skip
    core.create_agent_runtime(
        agentRuntimeName="prior_authorisation", roleArn=runtime, networkConfiguration={"networkMode": "PUBLIC"},
        agentRuntimeArtifact={"containerConfiguration": {"containerUri": image}},
    )  # fmt: skip
    account.role(
        "interpreter-analysis", service("bedrock-agentcore"), allow(["s3:GetObject", "s3:PutObject"]), allow("kms:Decrypt"), owner="claims-ml",
    )  # fmt: skip
