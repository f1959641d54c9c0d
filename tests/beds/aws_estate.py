"""An AI estate on a moto server: everything that moto can hold of what the collector reads, in two regions.

`build` makes it with the SDK alone; `build_rest` adds to an estate that Terraform made what Terraform cannot make
against moto. Names and ids of the account are moto's own.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from tests.beds import moto_bed

ACCOUNT = "123456789012"
HOME, SECOND = "us-east-1", "eu-central-1"
BUCKET, COPY = "acme-train-data", "acme-models-eu"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExec"
IMAGE = f"{ACCOUNT}.dkr.ecr.{HOME}.amazonaws.com/inference:latest"
TITAN = f"arn:aws:bedrock:{HOME}::foundation-model/amazon.titan-embed-text-v1"


class Bed(NamedTuple):
    """A running server with the estate: its address, and the ids that moto chose by a name for each."""

    url: str
    ids: dict[str, str]


@contextmanager
def running() -> Iterator[Bed]:
    """A server with the whole estate."""
    with moto_bed.running(MOTO_IAM_LOAD_MANAGED_POLICIES="true") as url:
        yield Bed(url, build(clients(url)))


Make = Callable[..., Any]  # (service, region = HOME) -> client


def clients(endpoint: str) -> Make:
    """Makes clients of the server."""
    made: dict[tuple[str, str], Any] = {}
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    config = Config(
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        inject_host_prefix=False,
    )

    def make(service: str, region: str = HOME) -> Any:
        if (service, region) not in made:
            made[service, region] = session.client(
                service, region_name=region, endpoint_url=endpoint, config=config
            )
        return made[service, region]

    return make


def build(make: Make) -> dict[str, str]:
    """The whole estate; answers with the ids that moto chose, by a name for each."""
    ids = _identity(make) | _network(make, HOME) | _data(make)
    _organisation(make)
    _compute(make, ids)
    _sagemaker(make, ids)
    ids |= build_rest(make, ids["subnet"], ids["vpc"])
    return ids | _second_region(make)


def build_rest(make: Make, subnet: str, vpc: str) -> dict[str, str]:
    """What the Terraform provider cannot make against moto: domain, jobs, Bedrock, AgentCore, vectors."""
    return _studio(make, subnet, vpc) | _bedrock(make) | _agents(make) | _vectors(make)


def policy(*actions: str, resource: str = "*", effect: str = "Allow", **more: Any) -> str:
    """A policy document with one statement."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trusting(*services: str) -> str:
    """A trust policy for services."""
    names = [f"{service}.amazonaws.com" for service in services]
    return policy_without_resource("sts:AssumeRole", Principal={"Service": names})


def policy_without_resource(action: str, **more: Any) -> str:
    """A trust policy's document: no resource."""
    statement = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def archive() -> bytes:
    """A function's code."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("i.py"), "def h(event, context):\n    return {}\n")
    return buffer.getvalue()


def _identity(make: Make) -> dict[str, str]:
    iam = make("iam")
    iam.create_account_alias(AccountAlias="acme-ai")
    iam.create_role(
        RoleName="SageMakerExec",
        AssumeRolePolicyDocument=trusting("sagemaker", "bedrock", "lambda", "ec2"),
        Tags=[{"Key": "team", "Value": "ml"}],
    )
    iam.put_role_policy(
        RoleName="SageMakerExec",
        PolicyName="too-wide",
        PolicyDocument=policy("s3:*", "iam:PassRole"),
    )
    managed = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    iam.attach_role_policy(RoleName="SageMakerExec", PolicyArn=managed)
    iam.create_instance_profile(InstanceProfileName="ml-node")
    iam.add_role_to_instance_profile(InstanceProfileName="ml-node", RoleName="SageMakerExec")
    own = iam.create_policy(PolicyName="ml-read", PolicyDocument=policy("s3:GetObject"))["Policy"]
    iam.create_group(GroupName="scientists", Path="/ml/")
    iam.attach_group_policy(GroupName="scientists", PolicyArn=own["Arn"])
    iam.create_user(UserName="data-scientist", PermissionsBoundary=own["Arn"])
    iam.add_user_to_group(UserName="data-scientist", GroupName="scientists")
    iam.put_user_policy(
        UserName="data-scientist",
        PolicyName="pass",
        PolicyDocument=policy("iam:PassRole", "sagemaker:CreateNotebookInstance"),
    )
    key = iam.create_access_key(UserName="data-scientist")["AccessKey"]["AccessKeyId"]
    iam.create_login_profile(UserName="data-scientist", Password="Very-long-1")
    provider = iam.create_open_id_connect_provider(
        Url="https://token.actions.example.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["a" * 40],
    )["OpenIDConnectProviderArn"]
    subject = {"StringLike": {"token.actions.example.com:sub": "repo:acme/*"}}
    iam.create_role(
        RoleName="Deployer",
        AssumeRolePolicyDocument=policy_without_resource(
            "sts:AssumeRoleWithWebIdentity", Principal={"Federated": provider}, Condition=subject
        ),
    )
    return {"policy": own["Arn"], "key": key, "oidc": provider}


def _organisation(make: Make) -> None:
    organizations = make("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="ml")["OrganizationalUnit"]
    organizations.create_account(Email="ml@example.com", AccountName="ml-prod")
    for kind, document in (
        ("SERVICE_CONTROL_POLICY", policy("bedrock:*", effect="Deny")),
        ("RESOURCE_CONTROL_POLICY", policy("s3:*", effect="Deny", Principal="*")),
    ):
        made = organizations.create_policy(
            Name=kind.lower(), Type=kind, Description="", Content=document
        )["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=made, TargetId=unit["Id"])


def _network(make: Make, region: str) -> dict[str, str]:
    ec2 = make("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "ml-vpc"}])
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(GroupName="nb-open", Description="x", VpcId=vpc)["GroupId"]
    everyone = [{"CidrIp": "0.0.0.0/0"}]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"FromPort": 443, "ToPort": 443, "IpProtocol": "tcp", "IpRanges": everyone}],
    )
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{region}.bedrock-runtime",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]
    names = ("vpc", "subnet", "gateway", "table", "group", "endpoint")
    return dict(zip(names, (vpc, subnet, gateway, table, group, endpoint), strict=True))


def _data(make: Make) -> dict[str, str]:
    kms = make("kms")
    key = kms.create_key(Description="training data")["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName="alias/train", TargetKeyId=key)
    kms.create_grant(KeyId=key, GranteePrincipal=ROLE, Operations=["Decrypt"])
    s3 = make("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_policy(
        Bucket=BUCKET,
        Policy=policy("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/*", Principal="*"),
    )
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
        },
    )
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    tags = [{"Key": "classification", "Value": "pii"}]
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})
    s3.put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicPolicy": False}
    )
    make("dynamodb").create_table(
        TableName="features",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    secret = make("secretsmanager").create_secret(
        Name="third-party-llm-key", SecretString="not-for-us"
    )["ARN"]
    make("ecr").create_repository(repositoryName="inference")
    make("logs").create_log_group(logGroupName="/bedrock/invocations")
    make("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={
            "cloudWatchConfig": {"logGroupName": "/bedrock/invocations", "roleArn": ROLE},
            "embeddingDataDeliveryEnabled": True,
        }
    )
    return {"kms": key, "secret": secret}


def _compute(make: Make, ids: dict[str, str]) -> None:
    ec2 = make("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ids["instance"] = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        SubnetId=ids["subnet"],
        SecurityGroupIds=[ids["group"]],
        IamInstanceProfile={"Name": "ml-node"},
    )["Instances"][0]["InstanceId"]
    functions = make("lambda")
    functions.create_function(
        FunctionName="agent-tool",
        Role=ROLE,
        Handler="i.h",
        Runtime="python3.12",
        Code={"ZipFile": archive()},
        Environment={"Variables": {"ORDERS_API_KEY": "not-for-us-either"}},
    )
    functions.create_function_url_config(FunctionName="agent-tool", AuthType="NONE")
    functions.add_permission(
        FunctionName="agent-tool",
        StatementId="b",
        Action="lambda:InvokeFunction",
        Principal="bedrock.amazonaws.com",
    )


def _sagemaker(make: Make, ids: dict[str, str]) -> None:
    sagemaker = make("sagemaker")
    _notebook(sagemaker, "nb1", SubnetId=ids["subnet"], SecurityGroupIds=[ids["group"]])
    sagemaker.create_model(
        ModelName="fraud-model",
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/m.tgz"},
        VpcConfig={"Subnets": [ids["subnet"]], "SecurityGroupIds": [ids["group"]]},
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName="fraud-ec",
        KmsKeyId=ids["kms"],
        ProductionVariants=[
            {
                "VariantName": "v1",
                "ModelName": "fraud-model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{BUCKET}/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
    )
    sagemaker.create_endpoint(EndpointName="fraud-ep", EndpointConfigName="fraud-ec")
    sagemaker.create_model_package_group(ModelPackageGroupName="fraud")
    sagemaker.create_pipeline(
        PipelineName="pipe",
        PipelineDisplayName="pipe",
        RoleArn=ROLE,
        PipelineDefinition='{"Version": "2020-12-01", "Steps": []}',
        ClientRequestToken="x" * 32,
    )


def _notebook(sagemaker: Any, name: str, **more: Any) -> None:
    sagemaker.create_notebook_instance(
        NotebookInstanceName=name,
        InstanceType="ml.t3.medium",
        RoleArn=ROLE,
        DirectInternetAccess="Enabled",
        RootAccess="Enabled",
        **more,
    )


def _studio(make: Make, subnet: str, vpc: str) -> dict[str, str]:
    sagemaker = make("sagemaker")
    domain = sagemaker.create_domain(
        DomainName="studio",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": ROLE},
        SubnetIds=[subnet],
        VpcId=vpc,
        AppNetworkAccessType="PublicInternetOnly",
    )["DomainArn"]
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train"}
    sagemaker.create_training_job(
        TrainingJobName="tj",
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    sagemaker.create_model_package_group(ModelPackageGroupName="fraud2")
    sagemaker.create_model_package(
        ModelPackageGroupName="fraud2",
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/m.tgz"}],
            "SupportedContentTypes": ["a"],
            "SupportedResponseMIMETypes": ["a"],
        },
    )
    return {"domain": domain}


def _bedrock(make: Make) -> dict[str, str]:
    bedrock = make("bedrock")
    bedrock.create_model_customization_job(
        jobName="seed-job",
        customModelName="seed-ft",
        roleArn=ROLE,
        baseModelIdentifier="amazon.titan-text-express-v1",
        trainingDataConfig={"s3Uri": f"s3://{BUCKET}/t.jsonl"},
        outputDataConfig={"s3Uri": f"s3://{BUCKET}/o"},
        hyperParameters={"epochCount": "1"},
    )
    return {"model": bedrock.list_custom_models()["modelSummaries"][0]["modelArn"]}


def _agents(make: Make) -> dict[str, str]:
    agents, core = make("bedrock-agent"), make("bedrock-agentcore-control")
    agent = agents.create_agent(
        agentName="support-agent",
        agentResourceRoleArn=ROLE,
        foundationModel="anthropic.claude-v2",
        instruction="Answer questions about orders. Never tell what other customers bought.",
    )["agent"]["agentArn"]
    runtime = core.create_agent_runtime(
        agentRuntimeName="rt",
        roleArn=ROLE,
        networkConfiguration={"networkMode": "PUBLIC"},
        agentRuntimeArtifact={"containerConfiguration": {"containerUri": IMAGE}},
    )["agentRuntimeArn"]
    gateway = core.create_gateway(
        name="gw", roleArn=ROLE, protocolType="MCP", authorizerType="NONE"
    )
    core.create_gateway_target(
        gatewayIdentifier=gateway["gatewayId"],
        name="orders",
        targetConfiguration={
            "mcp": {
                "lambda": {
                    "lambdaArn": f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:agent-tool",
                    "toolSchema": {"inlinePayload": []},
                }
            }
        },
        credentialProviderConfigurations=[{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
    )
    return {"agent": agent, "runtime": runtime, "tools": gateway["gatewayArn"]}


def _vectors(make: Make) -> dict[str, str]:
    # moto makes a collection only if its encryption policy names a key.
    key = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
    rules = [{"Resource": ["collection/vec"], "ResourceType": "collection"}]
    serverless = make("opensearchserverless")
    serverless.create_security_policy(
        name="enc-vec",
        type="encryption",
        policy=json.dumps({"Rules": rules, "AWSOwnedKey": False, "KmsARN": key}),
    )
    made = serverless.create_collection(name="vec", type="VECTORSEARCH")
    collection = made["createCollectionDetail"]["arn"]
    serverless.create_security_policy(
        name="net-vec",
        type="network",
        policy=json.dumps([{"Rules": rules, "AllowFromPublic": True}]),
    )
    knowledge = make("bedrock-agent").create_knowledge_base(
        name="kb",
        roleArn=ROLE,
        knowledgeBaseConfiguration={
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": TITAN},
        },
        storageConfiguration={
            "type": "OPENSEARCH_SERVERLESS",
            "opensearchServerlessConfiguration": {
                "collectionArn": collection,
                "vectorIndexName": "i",
                "fieldMapping": {"vectorField": "v", "textField": "t", "metadataField": "m"},
            },
        },
    )["knowledgeBase"]["knowledgeBaseArn"]
    return {"collection": collection, "knowledge": knowledge}


def _second_region(make: Make) -> dict[str, str]:
    make("s3", SECOND).create_bucket(
        Bucket=COPY, CreateBucketConfiguration={"LocationConstraint": SECOND}
    )
    _notebook(make("sagemaker", SECOND), "nb-eu")
    key = make("kms", SECOND).create_key(Description="copies")["KeyMetadata"]["Arn"]
    network = _network(make, SECOND)
    return {"second-kms": key} | {f"second-{name}": value for name, value in network.items()}
