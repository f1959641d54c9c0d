"""What the test server cannot answer, in the shape in which AWS answers: models, guardrails, Bedrock's agents.

The script checks each against the SDK's model of the API and hands it to the import, as saved `aws` answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample.agents import GUIDES, PROTOCOLS
from sample.company import EAST, VENDOR, Company
from sample.console import HOME, Account, document, trust
from sample.production import INBOX

DAY = "2026-04-20T09:12:00Z"
AGENTS, CORE = "bedrock-agent", "bedrock-agentcore-control"
ANTHROPIC = "anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "amazon.nova-lite-v1:0"
EMBEDDING = "amazon.titan-embed-text-v2:0"
MODELS = {
    ANTHROPIC: ("Claude Sonnet 4.5", "Anthropic"),
    NOVA: ("Nova Lite", "Amazon"),
    "amazon.titan-text-express-v1": ("Titan Text G1 - Express", "Amazon"),
    EMBEDDING: ("Titan Text Embeddings V2", "Amazon"),
    "mistral.mistral-large-2402-v1:0": ("Mistral Large (24.02)", "Mistral AI"),
}
DENIED = "AccessDeniedException"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One saved answer; `error` instead of a body where the audit role was refused."""

    account: str
    region: str
    operation: str  # client:Operation
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    error: str = ""


def answers(company: Company) -> Iterator[Answer]:
    """All of them."""
    for account in company.accounts.values():
        for region in (HOME, EAST) if account is company.development else (HOME,):
            yield from _catalogue(account, region)
            if (account, region) != (company.production, HOME):
                yield from _nothing(account, region)
    yield _identities(company.development)
    yield from _production(company)
    yield from _refused(company)


def _catalogue(account: Account, region: str) -> Iterator[Answer]:
    """The models that AWS offers: the same for everybody, so their owner is nobody."""
    summaries = [
        {
            "modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model}", "modelId": model, "modelName": name, "providerName": publisher,
            "inputModalities": ["TEXT"], "outputModalities": ["EMBEDDING" if model == EMBEDDING else "TEXT"],
            "modelLifecycle": {"status": "LEGACY" if "titan-text" in model else "ACTIVE"},
        }
        for model, (name, publisher) in MODELS.items()
    ]  # fmt: skip
    yield Answer(
        account=account.id,
        region=region,
        operation="bedrock:ListFoundationModels",
        body={"modelSummaries": summaries},
    )
    profile = {
        "inferenceProfileName": "EU Anthropic Claude Sonnet 4.5", "inferenceProfileId": f"eu.{ANTHROPIC}", "status": "ACTIVE", "type": "SYSTEM_DEFINED",
        "inferenceProfileArn": account.arn("bedrock", f"inference-profile/eu.{ANTHROPIC}", region),
        "models": [{"modelArn": f"arn:aws:bedrock:{HOME}::foundation-model/{ANTHROPIC}"}], "createdAt": DAY,
    }  # fmt: skip
    profiles = [profile] if region == HOME else []
    yield Answer(
        account=account.id,
        region=region,
        operation="bedrock:ListInferenceProfiles",
        body={"inferenceProfileSummaries": profiles},
    )


def _nothing(account: Account, region: str) -> Iterator[Answer]:
    """Read, and empty."""
    for operation, items in {
        "bedrock:ListGuardrails": "guardrails", f"{AGENTS}:ListAgents": "agentSummaries",
        f"{AGENTS}:ListKnowledgeBases": "knowledgeBaseSummaries", f"{CORE}:ListCodeInterpreters": "codeInterpreterSummaries",
    }.items():  # fmt: skip
        yield Answer(account=account.id, region=region, operation=operation, body={items: []})


def _production(company: Company) -> Iterator[Answer]:
    account = company.production

    def said(operation: str, body: Mapping[str, Any], **params: str) -> Answer:
        return Answer(
            account=account.id, region=HOME, operation=operation, params=params, body=body
        )

    yield from _guardrails(account, said)
    yield from _agents(account, said)
    yield from _knowledge(account, said)
    interpreter = {
        "codeInterpreterId": "claims_analysis-Xq3vT8mLp2", "codeInterpreterArn": account.arn("bedrock-agentcore", "code-interpreter-custom/claims_analysis-Xq3vT8mLp2"),
        "name": "claims_analysis", "status": "READY", "createdAt": DAY, "lastUpdatedAt": DAY,
    }  # fmt: skip
    yield said(f"{CORE}:ListCodeInterpreters", {"codeInterpreterSummaries": [interpreter]})
    whole = {
        **interpreter,
        "executionRoleArn": f"arn:aws:iam::{account.id}:role/interpreter-analysis",
        "networkConfiguration": {"networkMode": "PUBLIC"},
    }
    yield said(
        f"{CORE}:GetCodeInterpreter", whole, codeInterpreterId=interpreter["codeInterpreterId"]
    )
    yield from _tuning(account, said)
    policy = {
        "Sid": "AnnoteraEvaluates",
        **trust({"AWS": f"arn:aws:iam::{VENDOR}:root"}, "sagemaker:DescribeModelPackage"),
        "Resource": account.arn("sagemaker", "model-package/claims-triage/*"),
    }
    yield said(
        "sagemaker:GetModelPackageGroupPolicy",
        {"ResourcePolicy": document(policy)},
        ModelPackageGroupName="claims-triage",
    )
    yield Answer(
        account=account.id, region=HOME, operation="sagemaker:GetModelPackageGroupPolicy", params={"ModelPackageGroupName": "readmission-risk"},
        error="ValidationException: Cannot find resource policy for the model package group",
    )  # fmt: skip


def _identities(account: Account) -> Answer:
    """The dump that the development team handed over: with the boundaries, which the server keeps out of this answer."""
    iam = account.client("iam")
    kinds = ["User", "Role", "Group", "LocalManagedPolicy"]
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=[*kinds, "AWSManagedPolicy"]
    )
    whole = pages.build_full_result()
    whole["Policies"] = [policy for policy in whole["Policies"] if policy["AttachmentCount"]]
    for user in whole["UserDetailList"]:
        found = iam.get_user(UserName=user["UserName"])["User"]
        user |= {name: found[name] for name in ("PermissionsBoundary",) if name in found}
    return Answer(
        account=account.id,
        region="",
        operation="iam:GetAccountAuthorizationDetails",
        params={"Filter": kinds},
        body=whole,
    )


Said = Any


def _tuning(account: Account, said: Said) -> Iterator[Answer]:
    """The server finds a tuning job by its name, not by the ARN that the collector asks with."""
    bedrock = account.client("bedrock")
    for row in bedrock.list_model_customization_jobs()["modelCustomizationJobSummaries"]:
        body = bedrock.get_model_customization_job(jobIdentifier=row["jobName"])
        del body["ResponseMetadata"], body["failureMessage"]
        made = bedrock.list_custom_models()["modelSummaries"][
            0
        ]  # the server lists its model under another name
        body |= {"outputModelArn": made["modelArn"], "outputModelName": made["modelName"]}
        yield said("bedrock:GetModelCustomizationJob", body, jobIdentifier=row["jobName"])


def _guardrails(account: Account, said: Said) -> Iterator[Answer]:
    strengths = {
        "clinical-safety": ("k8d2m5q1x7ab", "HIGH"),
        "billing-tone": ("p3v9c6w0r4ef", "LOW"),
    }
    summaries = []
    for name, (identifier, strength) in strengths.items():
        arn = account.arn("bedrock", f"guardrail/{identifier}")
        summaries.append(
            {
                "id": identifier,
                "arn": arn,
                "name": name,
                "status": "READY",
                "version": "DRAFT",
                "createdAt": DAY,
                "updatedAt": DAY,
            }
        )
        filters = [
            {
                "type": kind,
                "inputStrength": strength,
                "outputStrength": "NONE" if kind == "PROMPT_ATTACK" else strength,
            }
            for kind in ("PROMPT_ATTACK", "MISCONDUCT")
        ]
        entities = [
            {"type": kind, "action": "ANONYMIZE"}
            for kind in ("NAME", "PHONE", "US_SOCIAL_SECURITY_NUMBER")
        ]
        body = {
            "guardrailId": identifier, "guardrailArn": arn, "name": name, "status": "READY", "version": "DRAFT", "createdAt": DAY, "updatedAt": DAY,
            "contentPolicy": {"filters": filters if name != "billing-tone" else filters[1:]}, "blockedInputMessaging": "Please ask our staff.", "blockedOutputsMessaging": "Please ask our staff.",
            **({"sensitiveInformationPolicy": {"piiEntities": entities}} if name == "clinical-safety" else {}),
        }  # fmt: skip
        yield said("bedrock:GetGuardrail", body, guardrailIdentifier=identifier)
    yield said("bedrock:ListGuardrails", {"guardrails": summaries})


@dataclass(frozen=True, kw_only=True)
class _Agent:
    """What one agent is made of; tools: name -> function, or "" for the built-in question to the user."""

    id: str
    name: str
    role: str
    model: str
    guardrail: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    knowledge: Sequence[str] = ()
    helpers: Sequence[str] = ()
    confirm: bool = False


_TEAM = (
    _Agent(id="PSUPPORT01", name="patient-support", role="agent-patient-support", model=ANTHROPIC, tools={"refill": "tool-refill-request", "message": "tool-send-message"}, knowledge=["KBGUIDES01"]),
    _Agent(id="CLINSUM001", name="clinical-summary", role="agent-clinical-summary", model=ANTHROPIC, guardrail="k8d2m5q1x7ab", knowledge=["KBPROTOC01"]),
    _Agent(id="NAVIGATE01", name="care-navigator", role="agent-care-navigator", model=NOVA, tools={"ask-user": ""}, helpers=["BILLING001", "PSUPPORT01"]),
    _Agent(id="BILLING001", name="billing-resolver", role="agent-billing", model=NOVA, guardrail="p3v9c6w0r4ef", tools={"refund": "tool-issue-refund"}),
)  # fmt: skip


def _agents(account: Account, said: Said) -> Iterator[Answer]:
    rows = []
    for agent in _TEAM:
        guard = (
            {
                "guardrailConfiguration": {
                    "guardrailIdentifier": agent.guardrail,
                    "guardrailVersion": "DRAFT",
                }
            }
            if agent.guardrail
            else {}
        )
        rows.append(
            {
                "agentId": agent.id,
                "agentName": agent.name,
                "agentStatus": "PREPARED",
                "updatedAt": DAY,
                "latestAgentVersion": "DRAFT",
                **guard,
            }
        )
        whole = {
            "agentId": agent.id, "agentArn": account.arn("bedrock", f"agent/{agent.id}"), "agentName": agent.name, "agentVersion": "DRAFT", "agentStatus": "PREPARED",
            "idleSessionTTLInSeconds": 1800, "agentResourceRoleArn": f"arn:aws:iam::{account.id}:role/{agent.role}", "foundationModel": agent.model,
            "instruction": f"You are {agent.name} of Larkfield Health. Help, and never give medical advice.", "createdAt": DAY, "updatedAt": DAY,
            "agentCollaboration": "SUPERVISOR" if agent.helpers else "DISABLED", **guard,
        }  # fmt: skip
        yield said(f"{AGENTS}:GetAgent", {"agent": whole}, agentId=agent.id)
        draft = {"agentId": agent.id, "agentVersion": "DRAFT"}
        yield from _groups(account, agent, said)
        known = [
            {
                "knowledgeBaseId": base,
                "description": "What the agent answers from.",
                "knowledgeBaseState": "ENABLED",
                "updatedAt": DAY,
            }
            for base in agent.knowledge
        ]
        yield said(
            f"{AGENTS}:ListAgentKnowledgeBases", {"agentKnowledgeBaseSummaries": known}, **draft
        )
        helpers = [
            {
                **draft, "collaboratorId": f"COLL{helper[:6]}", "collaboratorName": next(a.name for a in _TEAM if a.id == helper), "createdAt": DAY, "lastUpdatedAt": DAY,
                "agentDescriptor": {"aliasArn": account.arn("bedrock", f"agent-alias/{helper}/LIVEALIAS1")}, "relayConversationHistory": "TO_COLLABORATOR",
                "collaborationInstruction": "Hand over what it is made for.",
            }
            for helper in agent.helpers
        ]  # fmt: skip
        yield said(
            f"{AGENTS}:ListAgentCollaborators", {"agentCollaboratorSummaries": helpers}, **draft
        )
        alias = {
            "agentAliasId": "LIVEALIAS1",
            "agentAliasName": "live",
            "agentAliasStatus": "PREPARED",
            "routingConfiguration": [{"agentVersion": "DRAFT"}],
            "createdAt": DAY,
            "updatedAt": DAY,
        }
        yield said(f"{AGENTS}:ListAgentAliases", {"agentAliasSummaries": [alias]}, agentId=agent.id)
    yield said(f"{AGENTS}:ListAgents", {"agentSummaries": rows})


def _groups(account: Account, agent: _Agent, said: Said) -> Iterator[Answer]:
    summaries = []
    for number, (name, function) in enumerate(agent.tools.items(), 1):
        group = f"AG{agent.id[:6]}{number:02}"
        summaries.append(
            {
                "actionGroupId": group,
                "actionGroupName": name,
                "actionGroupState": "ENABLED",
                "updatedAt": DAY,
            }
        )
        told = {
            "name": name,
            "description": f"Runs {name}.",
            "requireConfirmation": "ENABLED" if agent.confirm else "DISABLED",
        }
        whole: dict[str, Any] = {
            "agentId": agent.id, "agentVersion": "DRAFT", "actionGroupId": group, "actionGroupName": name, "actionGroupState": "ENABLED", "createdAt": DAY, "updatedAt": DAY,
        }  # fmt: skip
        if function:
            whole["actionGroupExecutor"] = {"lambda": account.arn("lambda", f"function:{function}")}
            whole["functionSchema"] = {"functions": [told]}
        else:
            whole["parentActionSignature"] = "AMAZON.UserInput"
        yield said(
            f"{AGENTS}:GetAgentActionGroup",
            {"agentActionGroup": whole},
            actionGroupId=group,
            agentId=agent.id,
            agentVersion="DRAFT",
        )
    yield said(
        f"{AGENTS}:ListAgentActionGroups",
        {"actionGroupSummaries": summaries},
        agentId=agent.id,
        agentVersion="DRAFT",
    )


def _knowledge(account: Account, said: Said) -> Iterator[Answer]:
    collections = {
        row["name"]: row["arn"]
        for row in account.client("opensearchserverless").list_collections()["collectionSummaries"]
    }
    bases = {
        "KBGUIDES01": ("patient-guides", {"DSGUIDES01": ("guides", GUIDES), "DSINBOX001": ("inbox", INBOX), "DSWEB00001": ("health-portals", "")}),
        "KBPROTOC01": ("clinical-protocols", {"DSPROTOC01": ("protocols", PROTOCOLS)}),
    }  # fmt: skip
    summaries = []
    for base, (name, sources) in bases.items():
        summaries.append(
            {"knowledgeBaseId": base, "name": name, "status": "ACTIVE", "updatedAt": DAY}
        )
        store = {
            "collectionArn": collections[name],
            "vectorIndexName": name,
            "fieldMapping": {"vectorField": "v", "textField": "t", "metadataField": "m"},
        }
        vectors = {"embeddingModelArn": f"arn:aws:bedrock:{HOME}::foundation-model/{EMBEDDING}"}
        whole = {
            "knowledgeBaseId": base, "name": name, "knowledgeBaseArn": account.arn("bedrock", f"knowledge-base/{base}"), "status": "ACTIVE",
            "roleArn": f"arn:aws:iam::{account.id}:role/kb-{name}", "createdAt": DAY, "updatedAt": DAY,
            "knowledgeBaseConfiguration": {"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vectors},
            "storageConfiguration": {"type": "OPENSEARCH_SERVERLESS", "opensearchServerlessConfiguration": store},
        }  # fmt: skip
        yield said(f"{AGENTS}:GetKnowledgeBase", {"knowledgeBase": whole}, knowledgeBaseId=base)
        listed = [
            {
                "knowledgeBaseId": base,
                "dataSourceId": key,
                "name": title,
                "status": "AVAILABLE",
                "updatedAt": DAY,
            }
            for key, (title, _) in sources.items()
        ]
        yield said(
            f"{AGENTS}:ListDataSources", {"dataSourceSummaries": listed}, knowledgeBaseId=base
        )
        for key, (title, bucket) in sources.items():
            where = (
                {"type": "S3", "s3Configuration": {"bucketArn": f"arn:aws:s3:::{bucket}"}}
                if bucket
                else {
                    "type": "WEB",
                    "webConfiguration": {
                        "sourceConfiguration": {
                            "urlConfiguration": {
                                "seedUrls": [{"url": "https://forum.patients.example/"}]
                            }
                        }
                    },
                }
            )
            source = {
                "knowledgeBaseId": base,
                "dataSourceId": key,
                "name": title,
                "status": "AVAILABLE",
                "dataSourceConfiguration": where,
                "createdAt": DAY,
                "updatedAt": DAY,
            }
            yield said(
                f"{AGENTS}:GetDataSource",
                {"dataSource": source},
                dataSourceId=key,
                knowledgeBaseId=base,
            )
    yield said(f"{AGENTS}:ListKnowledgeBases", {"knowledgeBaseSummaries": summaries})


def _refused(company: Company) -> Iterator[Answer]:
    """Where the audit role may not look: the ledger must say so."""

    def no(account: Account, region: str, operation: str, **params: str) -> Answer:
        who = f"User: arn:aws:sts::{account.id}:assumed-role/security-audit/modelhound"
        action = operation.replace("bedrock-agent:", "bedrock:")
        why = f"{who} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
        return Answer(
            account=account.id,
            region=region,
            operation=operation,
            params=params,
            error=f"{DENIED}: {why}",
        )

    # Nobody knows whether anyone in production works outside Europe: that region was not read.
    for operation in (
        "bedrock:GetModelInvocationLoggingConfiguration", "bedrock:ListCustomModels", "bedrock:ListGuardrails", f"{AGENTS}:ListAgents",
        f"{AGENTS}:ListKnowledgeBases", "sagemaker:ListNotebookInstances", "sagemaker:ListEndpoints",
    ):  # fmt: skip
        yield no(company.production, EAST, operation)
    yield no(company.apps, HOME, "lambda:GetPolicy", FunctionName="symptom-intake")
    yield no(company.data, "", "s3:GetBucketPolicy", Bucket="larkfield-athena-results")
