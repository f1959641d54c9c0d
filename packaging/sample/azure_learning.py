"""Where a model of denied claims is made: storage, workspace, identities and the vault of their secrets."""

from collections.abc import Iterable

from sample.azure_ids import (
    CARE,
    CMK_VAULT,
    IMAGES,
    LAB_NET,
    ML,
    ML_STORE,
    RELEASE,
    SYNC,
    TENANT,
    TRAIN,
    VAULT,
    Item,
    assigned,
    item,
    oid,
    placed,
    system,
)


def stores() -> Iterable[Item]:
    open_rules = {
        "defaultAction": "Allow",
        "bypass": "AzureServices",
        "ipRules": [],
        "virtualNetworkRules": [],
    }
    yield item(
        CARE,
        top=placed(kind="StorageV2", tags={"owner": "member-services"}),
        publicNetworkAccess="Enabled",
        networkAcls={**open_rules, "defaultAction": "Deny"},
        allowSharedKeyAccess=False,
        allowBlobPublicAccess=True,
        supportsHttpsTrafficOnly=True,
        minimumTlsVersion="TLS1_2",
        privateEndpointConnections=[],
    )
    yield item(
        ML_STORE,
        top=placed(kind="StorageV2", tags={"owner": "claims-ml", "environment": "production"}),
        publicNetworkAccess="Enabled",
        networkAcls=open_rules,
        allowSharedKeyAccess=True,
        allowBlobPublicAccess=False,
        supportsHttpsTrafficOnly=True,
        minimumTlsVersion="TLS1_2",
        privateEndpointConnections=[],
    )
    for account, name, classification in (
        (CARE, "care-guides", "internal"),
        (CARE, "member-letters", "phi"),
        (ML_STORE, "claims-features", "phi"),
        (ML_STORE, "azureml-blobstore", "internal"),
    ):
        yield item(
            f"{account}/blobServices/default/containers/{name}",
            publicAccess="None",
            hasImmutabilityPolicy=False,
            hasLegalHold=False,
            metadata={"data_classification": classification},
        )


def machine_learning() -> Iterable[Item]:
    yield item(
        ML,
        top=placed(kind="Default", tags={"owner": "claims-ml"}, **system("larkfield-ml")),
        publicNetworkAccess="Enabled",
        storageAccount=ML_STORE,
        keyVault=VAULT,
        containerRegistry=IMAGES,
        managedNetwork={"isolationMode": "Disabled"},
        hbiWorkspace=False,
        privateEndpointConnections=[],
        encryption=None,
        systemDatastoresAuthMode="accessKey",
    )
    yield item(
        IMAGES,
        top=placed(sku={"name": "Standard"}),
        adminUserEnabled=True,
        anonymousPullEnabled=False,
        publicNetworkAccess="Enabled",
        networkRuleSet=None,
    )
    yield item(
        f"{ML}/computes/noor-gpu",
        top=placed(**assigned(TRAIN)),
        computeType="ComputeInstance",
        disableLocalAuth=False,
        properties={
            "vmSize": "STANDARD_NC24ADS_A100_V4",
            "state": "Running",
            "sshSettings": {"sshPublicAccess": "Enabled", "sshPort": 50000},
            "enableNodePublicIp": True,
            "applicationSharingPolicy": "Shared",
            "osImageMetadata": {"isLatestOsImageVersion": False},
        },
    )
    yield item(
        f"{ML}/computes/train-cluster",
        top=placed(**assigned(TRAIN)),
        computeType="AmlCompute",
        disableLocalAuth=True,
        properties={
            "vmSize": "STANDARD_D8S_V3",
            "remoteLoginPortPublicAccess": "Disabled",
            "enableNodePublicIp": False,
            "subnet": {"id": f"{LAB_NET}/subnets/training"},
        },
    )
    for name, container, credential in (
        ("claims_features", "claims-features", "AccountKey"),
        ("workspaceblobstore", "azureml-blobstore", "None"),
    ):
        yield item(
            f"{ML}/datastores/{name}",
            datastoreType="AzureBlob",
            accountName="larkfieldml",
            containerName=container,
            isDefault=name == "workspaceblobstore",
            credentials={"credentialsType": credential},
        )
    yield item(
        f"{ML}/data/claims-2026",
        dataType="uri_folder",
        dataUri="azureml://datastores/claims_features/paths/2026/",
    )
    yield item(
        f"{ML}/jobs/denial-risk-2026-10",
        jobType="Command",
        status="Completed",
        computeId=f"{ML}/computes/train-cluster",
        inputs={
            "train": {
                "jobInputType": "uri_folder",
                "uri": "azureml://datastores/claims_features/paths/2026/",
            }
        },
    )
    yield item(
        f"{ML}/models/denial-risk",
        modelType="mlflow_model",
        modelUri="azureml://datastores/workspaceblobstore/paths/models/denial-risk/",
        jobName="denial-risk-2026-10",
        stage="Production",
    )
    yield item(
        f"{ML}/onlineEndpoints/denial-risk",
        top=placed(**system("denial-risk")),
        authMode="Key",
        publicNetworkAccess="Enabled",
        scoringUri="https://denial-risk.germanywestcentral.inference.ml.azure.com/score",
        provisioningState="Succeeded",
    )
    yield item(
        f"{ML}/onlineEndpoints/denial-risk/deployments/blue",
        top=placed(),
        model=f"{ML}/models/denial-risk/versions/3",
        instanceType="Standard_DS3_v2",
        egressPublicNetworkAccess="Enabled",
        appInsightsEnabled=False,
        provisioningState="Succeeded",
    )


def identities() -> Iterable[Item]:
    for identity in (TRAIN, RELEASE, SYNC):
        name = identity.rpartition("/")[2]
        yield item(
            identity,
            top=placed(),
            principalId=oid(name),
            clientId=oid(f"{name} client"),
            tenantId=TENANT,
        )
    for identity, repository in ((RELEASE, "model-release"), (SYNC, "claims-etl")):
        yield item(
            f"{identity}/federatedIdentityCredentials/github",
            issuer="https://token.actions.githubusercontent.com",
            subject=f"repo:larkfield-health/{repository}:ref:refs/heads/main",
            audiences=["api://AzureADTokenExchange"],
        )


def vaults(aws_key: tuple[str, str]) -> Iterable[Item]:
    open_rules = {
        "defaultAction": "Allow",
        "bypass": "AzureServices",
        "ipRules": [],
        "virtualNetworkRules": [],
    }
    yield item(
        VAULT,
        top=placed(tags={"owner": "claims-ml"}),
        tenantId=TENANT,
        enableRbacAuthorization=True,
        publicNetworkAccess="Enabled",
        networkAcls=open_rules,
        enableSoftDelete=True,
        enablePurgeProtection=None,
        privateEndpointConnections=[],
    )
    yield item(
        CMK_VAULT,
        top=placed(tags={"owner": "platform"}),
        tenantId=TENANT,
        enableRbacAuthorization=True,
        publicNetworkAccess="Disabled",
        networkAcls={**open_rules, "defaultAction": "Deny"},
        enableSoftDelete=True,
        enablePurgeProtection=True,
        privateEndpointConnections=[],
    )
    attributes = {"enabled": True, "created": 1760000000}
    key_id, user = aws_key
    # Features come from AWS: the export's key was put where the release pipeline keeps its secrets.
    tags = {"aws-access-key-id": key_id, "aws-user": user, "rotate": "someday"}
    yield item(
        f"{VAULT}/secrets/aws-claims-export",
        top={"tags": tags},
        attributes=attributes,
        contentType="aws secret access key",
    )
    yield item(
        f"{VAULT}/secrets/huggingface-token",
        top={"tags": {"owner": "claims-ml"}},
        attributes=attributes,
        contentType="text/plain",
    )
    yield item(
        f"{CMK_VAULT}/keys/summaries",
        attributes=attributes,
        kty="RSA",
        rotationPolicy={"lifetimeActions": [{"action": {"type": "rotate"}}]},
    )
