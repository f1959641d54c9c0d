"""The ML production account: what is trained, kept and served, and by whom."""

from sample import network
from sample.company import EAST, GITHUB, VENDOR, Company
from sample.console import HOME, Account, allow, deny, service, trust
from sample.network import Network

REGISTRY = "dkr.ecr.eu-central-1.amazonaws.com"
TRAINING, ARTIFACTS = "larkfield-claims-training", "larkfield-model-artifacts"
GUIDES, PROTOCOLS = "larkfield-patient-guides", "larkfield-clinical-protocols"
LOGS, CAPTURE = "larkfield-bedrock-logs", "larkfield-inference-capture"
INBOX = "larkfield-support-inbox"


def _s3(*names: str) -> list[str]:
    return [f"arn:aws:s3:::{name}/*" for name in names]


def seed(company: Company) -> None:
    """Data, identities, models, servers, in the order in which the team grew."""
    account = company.production
    company.clock.set("2023-01-16")
    net = network.network(account, "ml-production", "30", public=True)
    network.endpoints(account, net, "s3", "sagemaker.api", "sagemaker.runtime", "bedrock-runtime")
    key = account.key("model-artifacts", owner="ml-platform")
    _buckets(company, key)
    _images(account)
    _pipeline_roles(company)
    _models(company, net, key)
    _notebooks(company, net, key)
    _people(company)
    _ci(company)
    _outsiders(company)
    _tracking_server(company, net)
    _bedrock(company)


def _buckets(company: Company, key: str) -> None:
    account = company.production
    labelled = {"AWS": f"arn:aws:iam::{VENDOR}:root"}
    account.bucket(
        TRAINING,
        {
            "Sid": "AnnoteraLabels", **trust(labelled, "s3:PutObject"), "Resource": f"arn:aws:s3:::{TRAINING}/labels/*",
        },
        key=key, versions=True,
        **{"data-classification": "phi", "crown-jewel": "true", "owner": "claims-ml", "environment": "production"},
    )  # fmt: skip
    account.bucket(
        ARTIFACTS,
        key=key,
        **{
            "owner": "ml-platform",
            "environment": "production",
            "data-classification": "confidential",
        },
    )
    account.bucket(
        GUIDES,
        **{
            "owner": "patient-experience",
            "data-classification": "internal",
            "environment": "production",
        },
    )
    account.bucket(
        PROTOCOLS,
        key=key,
        versions=True,
        **{"owner": "clinical", "data-classification": "confidential"},
    )
    account.bucket(
        LOGS,
        versions=True,
        **{
            "owner": "ml-platform",
            "data-classification": "phi",
            "purpose": "model-invocation-logs",
        },
    )
    account.bucket(CAPTURE, owner="claims-ml", environment="production")
    account.bucket(
        INBOX,
        {
            "Sid": "PortalUploads", **trust({"AWS": f"arn:aws:iam::{company.apps.id}:root"}, "s3:PutObject"),
            "Resource": f"arn:aws:s3:::{INBOX}/*",
        },
        **{"owner": "patient-experience", "data-classification": "phi", "source": "patients"},
    )  # fmt: skip
    account.table(
        "feature-claims-history", key, **{"data-classification": "phi", "owner": "claims-ml"}
    )
    account.table("agent-sessions", owner="patient-experience")


def _images(account: Account) -> None:
    ecr = account.client("ecr")
    for name in ("claims-triage-serving", "training-base", "readmission-serving"):
        ecr.create_repository(
            repositoryName=f"ml/{name}",
            imageScanningConfiguration={"scanOnPush": name != "training-base"},
        )


def _pipeline_roles(company: Company) -> None:
    account = company.production
    account.role(
        "claims-training", service("sagemaker", StringEquals={"aws:SourceAccount": account.id}),
        allow(["s3:GetObject", "s3:ListBucket"], _s3(TRAINING, "larkfield-ehr-lake", "larkfield-partner-uploads")),
        allow("s3:PutObject", _s3(ARTIFACTS)), allow(["kms:Decrypt", "kms:GenerateDataKey"]),
        allow("ecr:BatchGetImage"), owner="claims-ml",
    )  # fmt: skip
    account.role(
        "claims-serving", service("sagemaker"), allow("s3:GetObject", _s3(ARTIFACTS)),
        allow(["dynamodb:GetItem", "dynamodb:Query"], account.arn("dynamodb", "table/feature-claims-history")),
        allow("kms:Decrypt"), owner="claims-ml",
    )  # fmt: skip
    account.role(
        "readmission-serving", service("sagemaker", StringEquals={"aws:SourceAccount": account.id}),
        allow("s3:GetObject", [f"arn:aws:s3:::{ARTIFACTS}/readmission-risk/*"]), owner="outcomes-ml",
    )  # fmt: skip
    account.role(
        "ml-pipeline", service("sagemaker"), allow(["sagemaker:CreateTrainingJob", "sagemaker:CreateModelPackage"]),
        allow("iam:PassRole", f"arn:aws:iam::{account.id}:role/claims-training", StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"}),
        owner="ml-platform",
    )  # fmt: skip
    # Written on a Friday for one study, and never narrowed.
    account.role(
        "data-science-notebook", service("sagemaker"), allow("s3:*"), allow("sagemaker:*"), allow(["bedrock:InvokeModel*", "bedrock:List*"]),
        allow(["kms:Decrypt", "secretsmanager:GetSecretValue", "ecr:*"]),
        allow("iam:PassRole", f"arn:aws:iam::{account.id}:role/*"), owner="claims-ml",
    )  # fmt: skip
    account.role(
        "risk-review-notebook",
        service("sagemaker", StringEquals={"aws:SourceAccount": account.id}),
        allow("s3:GetObject", _s3(CAPTURE)),
        owner="model-risk",
    )


def _models(company: Company, net: Network, key: str) -> None:
    account = company.production
    client = account.client("sagemaker")
    vpc = {"SecurityGroupIds": [net.closed_group], "Subnets": list(net.private)}
    image = f"{account.id}.{REGISTRY}/ml/"
    jobs = {
        "claims-triage-2026-10-14": (["s3://larkfield-claims-training/2026/", "s3://larkfield-partner-uploads/claims/"], {}),
        "fraud-signal-2026-08-02": (["s3://larkfield-claims-training/fraud/"], {}),
        "readmission-risk-2026-09-30": (["s3://larkfield-ehr-lake/encounters/"], {"VpcConfig": vpc, "EnableNetworkIsolation": True}),
    }  # fmt: skip
    for name, (sources, more) in jobs.items():
        model, _, day = name.partition("-2026-")
        company.clock.set(f"2026-{day}")
        client.create_training_job(
            TrainingJobName=name, RoleArn=f"arn:aws:iam::{account.id}:role/claims-training",
            AlgorithmSpecification={"TrainingImage": f"{image}training-base:latest", "TrainingInputMode": "File"},
            InputDataConfig=[
                {"ChannelName": f"channel{i}", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}}
                for i, uri in enumerate(sources)
            ],
            OutputDataConfig={"S3OutputPath": f"s3://{ARTIFACTS}/{model}/", **({"KmsKeyId": key} if more else {})},
            ResourceConfig={"InstanceCount": 2 if model == "claims-triage" else 1, "InstanceType": "ml.g5.2xlarge", "VolumeSizeInGB": 200},
            StoppingCondition={"MaxRuntimeInSeconds": 86400}, **more,
        )  # fmt: skip
    company.clock.set("2026-10-15")
    served = {
        "claims-triage-v7": ("claims-serving", "claims-triage-2026-10-14", "claims-triage-serving:latest", {}),
        "fraud-signal-v2": ("claims-serving", "fraud-signal-2026-08-02", "claims-triage-serving:latest", {}),
        "readmission-risk-v3": ("readmission-serving", "readmission-risk-2026-09-30", "readmission-serving:3.2.1",
                                {"VpcConfig": vpc, "EnableNetworkIsolation": True}),
    }  # fmt: skip
    for name, (role, job, tag, more) in served.items():
        trained = client.describe_training_job(TrainingJobName=job)["ModelArtifacts"][
            "S3ModelArtifacts"
        ]
        client.create_model(
            ModelName=name, ExecutionRoleArn=f"arn:aws:iam::{account.id}:role/{role}",
            PrimaryContainer={"Image": image + tag, "ModelDataUrl": trained},
            Tags=[{"Key": "owner", "Value": role.partition("-")[0] + "-ml"}, {"Key": "environment", "Value": "production"}],
            **more,
        )  # fmt: skip
        careful = name.startswith("readmission")
        endpoint = name.rpartition("-")[0]
        client.create_endpoint_config(
            EndpointConfigName=f"{name}-config",
            ProductionVariants=[
                {"VariantName": "main", "ModelName": name, "InitialInstanceCount": 2 if careful else 1, "InstanceType": "ml.m5.xlarge"}
            ],
            DataCaptureConfig={
                "EnableCapture": name.startswith("claims"), "InitialSamplingPercentage": 100, "DestinationS3Uri": f"s3://{CAPTURE}/{endpoint}",
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            },
            **({"KmsKeyId": key} if careful else {}),
        )  # fmt: skip
        client.create_endpoint(
            EndpointName=endpoint,
            EndpointConfigName=f"{name}-config",
            Tags=[{"Key": "environment", "Value": "production"}],
        )
    _registry(account, image)


def _registry(account: Account, image: str) -> None:
    client = account.client("sagemaker")
    releases = {
        "claims-triage": (
            "claims-triage-serving:latest",
            ["Approved", "Approved", "PendingManualApproval"],
        ),
        "readmission-risk": ("readmission-serving:3.2.1", ["Approved"]),
    }
    for group, (serving, approvals) in releases.items():
        client.create_model_package_group(
            ModelPackageGroupName=group, ModelPackageGroupDescription=f"Releases of {group}"
        )
        for approval in approvals:
            client.create_model_package(
                ModelPackageGroupName=group, ModelApprovalStatus=approval,
                InferenceSpecification={
                    "Containers": [{"Image": image + serving, "ModelDataUrl": f"s3://{ARTIFACTS}/{group}/model.tar.gz"}],
                    "SupportedContentTypes": ["application/json"], "SupportedResponseMIMETypes": ["application/json"],
                },
            )  # fmt: skip
        client.create_pipeline(
            PipelineName=f"{group}-train", RoleArn=f"arn:aws:iam::{account.id}:role/ml-pipeline",
            PipelineDefinition='{"Version": "2020-12-01", "Steps": []}', ClientRequestToken=f"{group:-<32}",
        )  # fmt: skip


def _notebooks(company: Company, net: Network, key: str) -> None:
    account = company.production
    client = account.client("sagemaker")
    company.clock.set("2025-06-20")
    role = f"arn:aws:iam::{account.id}:role/"
    client.create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName="install-jupyter-extensions",
        OnStart=[{"Content": "cGlwIGluc3RhbGwganVweXRlcmxhYi1naXQK"}],
    )
    client.create_notebook_instance(
        NotebookInstanceName="claims-exploration", InstanceType="ml.m5.4xlarge", RoleArn=role + "data-science-notebook",
        DirectInternetAccess="Enabled", RootAccess="Enabled", LifecycleConfigName="install-jupyter-extensions",
        Tags=[{"Key": "owner", "Value": "claims-ml"}, {"Key": "environment", "Value": "production"}],
    )  # fmt: skip
    client.create_notebook_instance(
        NotebookInstanceName="risk-review", InstanceType="ml.t3.large", RoleArn=role + "risk-review-notebook", SubnetId=net.private[0],
        SecurityGroupIds=[net.closed_group], DirectInternetAccess="Disabled", RootAccess="Disabled", KmsKeyId=key,
        Tags=[{"Key": "owner", "Value": "model-risk"}, {"Key": "environment", "Value": "production"}],
    )  # fmt: skip
    client.create_domain(
        DomainName="larkfield-studio", AuthMode="SSO", VpcId=net.vpc, SubnetIds=list(net.private), AppNetworkAccessType="VpcOnly",
        DefaultUserSettings={"ExecutionRole": role + "risk-review-notebook", "SecurityGroups": [net.closed_group]}, KmsKeyId=key,
        Tags=[{"Key": "owner", "Value": "ml-platform"}],
    )  # fmt: skip


def _people(company: Company) -> None:
    account = company.production
    company.clock.set("2024-09-02")
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    admin = account.role(
        "ai-platform-admin", trust({"AWS": f"arn:aws:iam::{account.id}:root"}, **mfa),
        allow(["bedrock:*", "sagemaker:*", "bedrock-agentcore:*"]), allow(["logs:*", "s3:Delete*", "s3:PutLifecycleConfiguration"]),
        allow(["aws-marketplace:Subscribe", "lambda:*"]), owner="ml-platform",
    )  # fmt: skip
    account.group("ml-leads", allow("sts:AssumeRole", admin))
    # So that anyone can debug an answer: every engineer reads every prompt.
    account.group(
        "engineers", allow(["s3:GetObject", "s3:ListBucket"], [f"arn:aws:s3:::{LOGS}", f"arn:aws:s3:::{LOGS}/*"]),
        allow(["logs:GetLogEvents", "logs:FilterLogEvents"]), allow("sagemaker:ListNotebookInstances"),
    )  # fmt: skip
    account.group(
        "claims-scientists", allow(["sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:StartNotebookInstance", "sagemaker:DescribeNotebookInstance"]),
        allow("bedrock:InvokeAgent", account.arn("bedrock", "agent-alias/NAVIGATE01/*")),
    )  # fmt: skip
    account.user(
        "priya.raman", groups=["ml-leads", "engineers"], console=True, mfa=True, team="ml-platform"
    )
    account.user(
        "jonas.weber",
        groups=["engineers", "claims-scientists"],
        console=True,
        mfa=True,
        team="claims-ml",
    )
    account.user(
        "sofia.lindqvist", groups=["engineers", "claims-scientists"], console=True, team="claims-ml"
    )
    account.group(
        "content-editors", allow(["s3:GetObject", "s3:PutObject"], _s3(GUIDES)), allow("bedrock:StartIngestionJob"),
    )  # fmt: skip
    company.clock.set("2026-03-02")
    account.user(
        "contractor-mbianchi",
        groups=["content-editors"],
        console=True,
        employment="contractor",
        agency="Wordsmith",
    )
    account.user(
        "model-validation", allow(["sagemaker:StopNotebookInstance", "sagemaker:StartNotebookInstance", "sagemaker:UpdateNotebookInstance",
                                   "sagemaker:UpdateNotebookInstanceLifecycleConfig", "sagemaker:CreateNotebookInstanceLifecycleConfig"]),
        keys=1, team="model-risk",
    )  # fmt: skip


def _ci(company: Company) -> None:
    account = company.production
    iam = account.client("iam")
    provider = iam.create_open_id_connect_provider(
        Url=f"https://{GITHUB}",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
    )["OpenIDConnectProviderArn"]
    # The audience is checked, the subject is not: any workflow of anybody on GitHub gets in.
    account.role(
        "github-model-release",
        trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity",
              StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com"}),
        allow(["s3:GetObject", "s3:PutObject"], _s3(ARTIFACTS)), allow(["kms:GenerateDataKey", "kms:Decrypt"]),
        allow(["sagemaker:CreateModel", "sagemaker:CreateEndpointConfig", "sagemaker:UpdateEndpoint", "sagemaker:CreateModelPackage"]),
        allow(["ecr:PutImage", "ecr:UploadLayerPart", "ecr:InitiateLayerUpload", "ecr:CompleteLayerUpload"]),
        allow("iam:PassRole", f"arn:aws:iam::{account.id}:role/claims-serving"), owner="ml-platform",
    )  # fmt: skip
    # The build server of before GitHub: still there, key and all.
    account.user(
        "jenkins-model-upload",
        allow("s3:PutObject", _s3(ARTIFACTS)),
        keys=1,
        purpose="ci",
        owner="ml-platform",
    )
    account.role(
        "model-promotion", trust({"AWS": f"arn:aws:iam::{company.development.id}:role/training-orchestrator"}),
        allow("s3:PutObject", f"arn:aws:s3:::{ARTIFACTS}/candidates/*"), allow("sagemaker:CreateModelPackage"), owner="ml-platform",
    )  # fmt: skip


def _outsiders(company: Company) -> None:
    account = company.production
    company.clock.set("2025-02-10")
    account.role(
        "annotera-labelling", trust({"AWS": f"arn:aws:iam::{VENDOR}:root"}),
        allow(["s3:GetObject", "s3:PutObject"], _s3(TRAINING)), allow(["kms:Decrypt", "kms:GenerateDataKey"]),
        allow(["sagemaker:CreateLabelingJob", "sagemaker:Describe*"]), vendor="Annotera",
    )  # fmt: skip
    account.role(
        "uptime-monitor", trust({"AWS": "arn:aws:iam::218405917733:role/monitoring"}, StringEquals={"sts:ExternalId": "lark-7f31"}),
        allow(["sagemaker:DescribeEndpoint", "cloudwatch:GetMetricData"]), vendor="Statusly",
    )  # fmt: skip


def _tracking_server(company: Company, net: Network) -> None:
    account = company.production
    company.clock.set("2024-11-25")
    account.role(
        "mlflow-server", service("ec2"), allow(["s3:GetObject", "s3:PutObject"], _s3(ARTIFACTS)), allow(["kms:Decrypt", "kms:GenerateDataKey"]),
        owner="claims-ml",
    )  # fmt: skip
    opened = network.group(
        account, net.vpc, "mlflow-from-anywhere", {5000: "0.0.0.0/0", 22: "203.0.113.0/24"}
    )
    network.instance(
        account, "mlflow-tracking", net.public[0], [opened], "mlflow-server", size="t3.large",
        application="mlflow", owner="claims-ml", environment="production",
    )  # fmt: skip


def _bedrock(company: Company) -> None:
    account = company.production
    company.clock.set("2025-11-17")
    group = "/bedrock/invocations"
    account.client("logs").create_log_group(logGroupName=group)
    writer = account.role(
        "bedrock-logging",
        service("bedrock", StringEquals={"aws:SourceAccount": account.id}),
        allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            account.arn("logs", f"log-group:{group}:*"),
        ),
        owner="ml-platform",
    )
    account.client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={
            "s3Config": {"bucketName": LOGS, "keyPrefix": "invocations"},
            "cloudWatchConfig": {"logGroupName": group, "roleArn": writer},
            "textDataDeliveryEnabled": True, "imageDataDeliveryEnabled": False, "embeddingDataDeliveryEnabled": False,
        }
    )  # fmt: skip
    # Any model that somebody in Bedrock starts with this role reads the training data: nothing says for which account.
    tuning = account.role(
        "bedrock-tuning",
        service("bedrock"),
        allow(["s3:GetObject", "s3:PutObject"], _s3(TRAINING, ARTIFACTS)),
        allow("kms:Decrypt"),
        owner="clinical-ml",
    )
    account.client("bedrock").create_model_customization_job(
        jobName="clinical-notes-2026-09", customModelName="clinical-notes-summariser", roleArn=tuning,
        baseModelIdentifier="amazon.titan-text-express-v1", customizationType="FINE_TUNING",
        trainingDataConfig={"s3Uri": f"s3://{TRAINING}/clinical-notes/train.jsonl"},
        validationDataConfig={"validators": [{"s3Uri": f"s3://{TRAINING}/clinical-notes/validation.jsonl"}]}, outputDataConfig={"s3Uri": f"s3://{ARTIFACTS}/clinical-notes/"},
        hyperParameters={"epochCount": "2"}, customModelTags=[{"key": "owner", "value": "clinical-ml"}],
    )  # fmt: skip
    # Bedrock made this user for an API key; somebody gave it more so that a notebook would work.
    account.user(
        "BedrockAPIKey-q7tx",
        allow(
            [
                "bedrock:InvokeModel*",
                "bedrock:List*",
                "bedrock:Get*",
                "bedrock:DeleteModelInvocationLoggingConfiguration",
            ]
        ),
        allow(["iam:CreateAccessKey", "iam:PutUserPolicy", "iam:ListUsers"]),
        keys=1,
        purpose="bedrock-api-key",
    )
    account.user(
        "svc-batch-scoring",
        allow(["bedrock:InvokeModel", "sagemaker:InvokeEndpoint"]),
        allow("s3:GetObject", _s3(CAPTURE)),
        keys=2,
        owner="claims-ml",
    )
    account.role(
        "research-inference", trust({"AWS": f"arn:aws:iam::{account.id}:root"}), allow("bedrock:InvokeModel"),
        deny("bedrock:InvokeModel", StringNotEquals={"aws:RequestedRegion": [HOME, EAST]}), owner="outcomes-ml",
    )  # fmt: skip
    account.secret("ml/huggingface/token", "Downloads of base models", owner="ml-platform")
    account.secret(
        "ml/anthropic/api-key", "Direct API of a model vendor, for evaluations", owner="ml-platform"
    )
