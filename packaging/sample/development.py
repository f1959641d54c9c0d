"""The ML development account: fast, and with copies of what should not be there."""

from sample import network
from sample.company import EAST, GITHUB, Company
from sample.console import Account, allow, deny, service, trust
from sample.network import Network

DATASETS, SCRATCH = "larkfield-dev-datasets", "larkfield-dev-scratch"


def seed(company: Company) -> None:
    """Where people try things."""
    account = company.development
    company.clock.set("2023-05-08")
    net = network.network(account, "ml-development", "40", public=True)
    anyone = {
        "Sid": "ShareWithWorkshop",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{SCRATCH}/*",
    }
    account.bucket(
        DATASETS,
        **{
            "data-classification": "pii",
            "owner": "claims-ml",
            "environment": "development",
            "copied-from": "larkfield-claims-lake",
        },
    )
    account.bucket(SCRATCH, anyone, closed=False, owner="claims-ml", environment="development")
    account.bucket("larkfield-dev-models", owner="claims-ml", environment="development")
    # A role for demonstrations that nobody took away.
    account.role(
        "sagemaker-admin-execution", [service("sagemaker"), service("bedrock-agentcore"), service("lambda")],
        managed=["arn:aws:iam::aws:policy/AdministratorAccess"], owner="claims-ml",
    )  # fmt: skip
    account.role(
        "training-orchestrator", service("lambda"), allow("sts:AssumeRole", f"arn:aws:iam::{company.production.id}:role/model-promotion"),
        allow(["sagemaker:CreateTrainingJob", "s3:GetObject"]), owner="ml-platform",
    )  # fmt: skip
    account.function(
        "nightly-training",
        f"arn:aws:iam::{account.id}:role/training-orchestrator",
        owner="ml-platform",
        environment="development",
    )
    _people(company)
    _notebooks(company, net)
    _model_server(company, net)
    _keys(company)


def _people(company: Company) -> None:
    account = company.development
    company.clock.set("2024-01-15")
    boundary = account.policy(
        "developer-boundary", allow(["sagemaker:*", "s3:*", "bedrock:InvokeModel", "logs:*", "ecr:*"]),
        deny(["iam:*", "sts:AssumeRole"]),
    )  # fmt: skip
    account.group(
        "ml-engineers", allow(["sagemaker:CreateTrainingJob", "sagemaker:CreateNotebookInstance", "sagemaker:CreateModel", "sagemaker:Describe*", "sagemaker:List*", "bedrock:InvokeModel", "logs:*", "ecr:*"]),
        allow("s3:*", [f"arn:aws:s3:::{name}{end}" for name in (DATASETS, SCRATCH, "larkfield-dev-models") for end in ("", "/*")]),
        allow("iam:PassRole", f"arn:aws:iam::{account.id}:role/dev-notebook"), allow("iam:ListRoles"),
    )  # fmt: skip
    account.user(
        "amara.okafor",
        groups=["ml-engineers"],
        console=True,
        mfa=True,
        boundary=boundary,
        team="claims-ml",
    )
    account.user("tomasz.nowak", groups=["ml-engineers"], console=True, mfa=True, team="claims-ml")
    account.user(
        "ruth.adeyemi",
        groups=["ml-engineers"],
        console=True,
        mfa=True,
        boundary=boundary,
        team="outcomes-ml",
    )
    company.clock.set("2026-05-18")
    # Could not start a job on the second day; got this "for now".
    account.user(
        "contractor-dkim",
        allow(["sagemaker:*", "bedrock-agentcore:*"]),
        allow("iam:PassRole"),
        groups=["ml-engineers"],
        console=True,
        employment="contractor",
        agency="Brightline",
    )
    account.user(
        "jenkins-ml-build", allow(["ecr:*", "s3:PutObject", "sagemaker:CreateTrainingJob"]),
        allow("iam:PassRole", f"arn:aws:iam::{account.id}:role/sagemaker-admin-execution"), keys=1, purpose="ci",
    )  # fmt: skip
    provider = account.client("iam").create_open_id_connect_provider(
        Url=f"https://{GITHUB}",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
    )["OpenIDConnectProviderArn"]
    account.role(
        "github-experiments",
        trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity",
              StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com"}, StringLike={f"{GITHUB}:sub": "repo:larkfield-health/*"}),
        allow("s3:PutObject", "arn:aws:s3:::larkfield-dev-models/*"), owner="ml-platform",
    )  # fmt: skip


def _notebooks(company: Company, net: Network) -> None:
    account = company.development
    client = account.client("sagemaker")
    company.clock.set("2026-02-09")
    role = account.role(
        "dev-notebook", service("sagemaker"), allow(["s3:GetObject", "s3:PutObject"]), allow("bedrock:InvokeModel*"),
        allow("secretsmanager:GetSecretValue"), owner="claims-ml",
    )  # fmt: skip
    client.create_notebook_instance(
        NotebookInstanceName="llm-sandbox", InstanceType="ml.p3.2xlarge", RoleArn=role, DirectInternetAccess="Enabled", RootAccess="Enabled",
        Tags=[{"Key": "owner", "Value": "claims-ml"}, {"Key": "environment", "Value": "development"}],
    )  # fmt: skip
    client.create_notebook_instance(
        NotebookInstanceName="churn-study", InstanceType="ml.t3.medium", RoleArn=role, SubnetId=net.private[0],
        SecurityGroupIds=[net.closed_group], DirectInternetAccess="Disabled", RootAccess="Enabled",
    )  # fmt: skip
    admin = f"arn:aws:iam::{account.id}:role/sagemaker-admin-execution"
    client.create_notebook_instance(
        NotebookInstanceName="demo-day", InstanceType="ml.t3.medium", RoleArn=admin, DirectInternetAccess="Enabled", RootAccess="Enabled",
    )  # fmt: skip
    client.create_training_job(
        TrainingJobName="churn-baseline-2026-02", RoleArn=role,
        AlgorithmSpecification={"TrainingImage": f"{account.id}.dkr.ecr.eu-central-1.amazonaws.com/ml-dev/base:latest", "TrainingInputMode": "File"},
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{DATASETS}/churn/"}}}],
        OutputDataConfig={"S3OutputPath": "s3://larkfield-dev-models/churn/"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 50}, StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )  # fmt: skip
    client.create_domain(
        DomainName="dev-studio", AuthMode="IAM", VpcId=net.vpc, SubnetIds=[net.public[0]], AppNetworkAccessType="PublicInternetOnly",
        DefaultUserSettings={"ExecutionRole": role}, Tags=[{"Key": "owner", "Value": "claims-ml"}],
    )  # fmt: skip
    account.client("ecr").create_repository(repositoryName="ml-dev/base")


def _model_server(company: Company, net: Network) -> None:
    account = company.development
    company.clock.set("2026-06-29")
    account.role(
        "ollama-eval", service("ec2"), allow("s3:GetObject", [f"arn:aws:s3:::{DATASETS}/*", "arn:aws:s3:::larkfield-claims-lake/*"]),
        allow("bedrock:InvokeModel"), owner="claims-ml",
    )  # fmt: skip
    opened = network.group(account, net.vpc, "ollama-anywhere", {11434: "0.0.0.0/0"})
    network.instance(
        account, "ollama-eval", net.public[0], [opened], "ollama-eval", size="g5.xlarge",
        application="ollama", owner="claims-ml", environment="development",
    )  # fmt: skip
    account.role(
        "label-studio",
        service("ec2"),
        allow("s3:GetObject", f"arn:aws:s3:::{DATASETS}/labels/*"),
        owner="claims-ml",
    )
    inside = network.group(account, net.vpc, "label-studio-internal", {8080: "10.40.0.0/16"})
    network.instance(
        account, "label-studio", net.private[0], [inside], "label-studio", size="t3.medium", metadata_v2=True,
        application="label-studio", owner="claims-ml", environment="development",
    )  # fmt: skip


def _keys(company: Company) -> None:
    account: Account = company.development
    account.secret(
        "dev/openai/api-key",
        "Key of the experiments project",
        owner="claims-ml",
        environment="development",
    )
    account.secret("dev/wandb/api-key", "Experiment tracking", owner="claims-ml")
    account.user(
        "svc-llm-experiments",
        allow(
            [
                "bedrock:InvokeModel*",
                "bedrock:PutFoundationModelEntitlement",
                "bedrock:DeleteModelInvocationLoggingConfiguration",
            ]
        ),
        keys=1,
        owner="claims-ml",
    )
    account.client("logs", EAST).create_log_group(logGroupName="/experiments/llm")
    account.table("experiment-runs", owner="claims-ml")
