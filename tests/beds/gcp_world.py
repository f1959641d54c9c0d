"""A small shop on Google Cloud: what its APIs say, item by item; exports and fake servers are made from it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

ORG, FOLDER = "1000", "2000"
ML, DATA, CI = "shop-ml", "shop-data", "shop-ci"
NUMBERS = {ML: "111", DATA: "222", CI: "333"}
REGION = "europe-west4"
DOMAIN = "shop.example"

CRM = "cloudresourcemanager.googleapis.com"
AI = f"projects/111/locations/{REGION}"  # Vertex AI writes project numbers
AI_ID = f"//aiplatform.googleapis.com/projects/{ML}/locations/{REGION}"
TRAINER = f"trainer@{ML}.iam.gserviceaccount.com"
DEPLOYER = f"deployer@{CI}.iam.gserviceaccount.com"
AGENT_SA = f"agent@{ML}.iam.gserviceaccount.com"
COMPUTE_SA = "111-compute@developer.gserviceaccount.com"
KEY = f"projects/{DATA}/locations/{REGION}/keyRings/ml/cryptoKeys/models"
KEY_ID = f"//cloudkms.googleapis.com/{KEY}"
BUCKET, MODELS, DOCS = "shop-training", "shop-models", "shop-docs"
VPC = f"projects/{ML}/global/networks/ml"
SUBNET = f"projects/{ML}/regions/{REGION}/subnetworks/ml"
POOL = "projects/333/locations/global/workloadIdentityPools/github"
POOL_ID = f"//iam.googleapis.com/projects/{CI}/locations/global/workloadIdentityPools/github"
GITHUB = f"principalSet://iam.googleapis.com/{POOL}/attribute.repository/shop/*"
PERIMETER = "accessPolicies/77/servicePerimeters/ml"
GEMINI = "//aiplatform.googleapis.com/publishers/google/models/gemini-2.5-pro"

Item = dict[str, Any]
COMPUTE = "https://www.googleapis.com/compute/v1"


def _compute(path: str, **more: Any) -> Item:
    return {"name": path.rpartition("/")[2], "selfLink": f"{COMPUTE}/{path}", **more}


def _account(project: str, email: str, unique: str, **more: Any) -> Item:
    name = f"projects/{project}/serviceAccounts/{email}"
    return {"name": name, "projectId": project, "uniqueId": unique, "email": email, **more}


CONTAINER_ENV = [{"name": "HF_TOKEN", "value": "env-value-1"}, {"name": "EPOCHS", "value": "3"}]

# asset type -> [(full resource name as Asset Inventory gives it, the resource as its API gives it)]
RESOURCES: dict[str, list[tuple[str, Item]]] = {
    f"{CRM}/Organization": [
        (f"//{CRM}/organizations/{ORG}", {"name": f"organizations/{ORG}", "displayName": DOMAIN, "lifecycleState": "ACTIVE"})
    ],
    f"{CRM}/Folder": [
        (f"//{CRM}/folders/{FOLDER}", {"name": f"folders/{FOLDER}", "displayName": "ai", "parent": f"organizations/{ORG}", "lifecycleState": "ACTIVE"})
    ],
    f"{CRM}/Project": [
        (
            f"//{CRM}/projects/{number}",
            {
                "projectNumber": number,
                "projectId": project,
                "name": project,
                "lifecycleState": "ACTIVE",
                "labels": {"environment": "production"} if project != CI else {},
                "parent": {"type": "folder", "id": FOLDER} if project != CI else {"type": "organization", "id": ORG},
            },
        )
        for project, number in NUMBERS.items()
    ],
    f"{CRM}/TagBinding": [
        (
            f"//{CRM}/tagBindings/{number}",
            {"name": f"tagBindings/{number}", "parent": f"//{CRM}/projects/111", "tagValue": f"tagValues/{number}", "tagValueNamespacedName": f"{ORG}/{tag}"},
        )
        for number, tag in ((1, "env/prod"), (2, "team/ml"))
    ],
    "iam.googleapis.com/ServiceAccount": [
        (f"//iam.googleapis.com/projects/{ML}/serviceAccounts/10001", _account(ML, TRAINER, "10001", displayName="Training")),
        (f"//iam.googleapis.com/projects/{ML}/serviceAccounts/10002", _account(ML, AGENT_SA, "10002")),
        (f"//iam.googleapis.com/projects/{ML}/serviceAccounts/10003", _account(ML, COMPUTE_SA, "10003", displayName="Compute Engine default service account")),
        (f"//iam.googleapis.com/projects/{CI}/serviceAccounts/10004", _account(CI, DEPLOYER, "10004", disabled=True)),
    ],
    "iam.googleapis.com/ServiceAccountKey": [
        (
            f"//iam.googleapis.com/projects/{ML}/serviceAccounts/10001/keys/aa{number}",
            {
                "name": f"projects/{ML}/serviceAccounts/{TRAINER}/keys/aa{number}",
                "keyType": kind,
                "keyOrigin": "GOOGLE_PROVIDED",
                "validAfterTime": "2024-01-01T00:00:00Z",
                "validBeforeTime": "9999-12-31T23:59:59Z",
            },
        )
        for number, kind in ((1, "USER_MANAGED"), (2, "SYSTEM_MANAGED"))
    ],
    "iam.googleapis.com/Role": [
        (
            f"//iam.googleapis.com/projects/{ML}/roles/tuner",
            {"name": f"projects/{ML}/roles/tuner", "title": "Tuner", "stage": "GA", "includedPermissions": ["aiplatform.tuningJobs.create", "iam.serviceAccounts.actAs"]},
        )
    ],
    "iam.googleapis.com/WorkloadIdentityPool": [
        (f"//iam.googleapis.com/{POOL}", {"name": POOL, "displayName": "GitHub", "state": "ACTIVE"})
    ],
    "iam.googleapis.com/WorkloadIdentityPoolProvider": [
        (
            f"//iam.googleapis.com/{POOL}/providers/actions",
            {
                "name": f"{POOL}/providers/actions",
                "state": "ACTIVE",
                "attributeMapping": {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"},
                "attributeCondition": "assertion.repository_owner == 'shop'",
                "oidc": {"issuerUri": "https://token.actions.githubusercontent.com", "allowedAudiences": ["modelhound"]},
            },
        )
    ],
    "iam.googleapis.com/DenyPolicy": [
        (
            f"//iam.googleapis.com/policies/{CRM}%2Fprojects%2F{ML}/denypolicies/no-keys",
            {
                "name": f"policies/{CRM}%2Fprojects%2F{ML}/denypolicies/no-keys",
                "displayName": "No keys",
                "rules": [
                    {
                        "description": "no keys",
                        "denyRule": {
                            "deniedPrincipals": ["principalSet://goog/public:all"],
                            "deniedPermissions": ["iam.googleapis.com/serviceAccountKeys.create"],
                            "exceptionPrincipals": ["principalSet://goog/group/admins@shop.example"],
                        },
                    }
                ],
            },
        )
    ],
    "iam.googleapis.com/PrincipalAccessBoundaryPolicy": [
        (
            f"//iam.googleapis.com/organizations/{ORG}/locations/global/principalAccessBoundaryPolicies/ours",
            {
                "name": f"organizations/{ORG}/locations/global/principalAccessBoundaryPolicies/ours",
                "displayName": "Our projects alone",
                "details": {"rules": [{"resources": [f"//{CRM}/organizations/{ORG}"], "effect": "ALLOW"}], "enforcementVersion": "1"},
            },
        )
    ],
    "iam.googleapis.com/PolicyBinding": [
        (
            f"//iam.googleapis.com/organizations/{ORG}/locations/global/policyBindings/all",
            {
                "name": f"organizations/{ORG}/locations/global/policyBindings/all",
                "target": {"principalSet": f"//{CRM}/organizations/{ORG}"},
                "policyKind": "PRINCIPAL_ACCESS_BOUNDARY",
                "policy": f"organizations/{ORG}/locations/global/principalAccessBoundaryPolicies/ours",
            },
        )
    ],
    "cloudidentity.googleapis.com/Group": [
        ("//cloudidentity.googleapis.com/groups/g1", {"name": "groups/g1", "groupKey": {"id": "ml-team@shop.example"}, "displayName": "ML team", "labels": {"cloudidentity.googleapis.com/groups.security": ""}})
    ],
    "cloudidentity.googleapis.com/Membership": [
        ("//cloudidentity.googleapis.com/groups/g1/memberships/m1", {"name": "groups/g1/memberships/m1", "preferredMemberKey": {"id": "Ada@shop.example"}, "type": "USER", "roles": [{"name": "MEMBER"}]})
    ],
    "aiplatform.googleapis.com/Model": [
        (
            f"//aiplatform.googleapis.com/{AI}/models/7",
            {
                "name": f"{AI}/models/7",
                "displayName": "ranker",
                "versionId": "2",
                "versionAliases": ["default"],
                "artifactUri": f"gs://{MODELS}/ranker/2",
                "containerSpec": {"imageUri": f"{REGION}-docker.pkg.dev/{ML}/serve/ranker:2", "env": CONTAINER_ENV},
                "trainingPipeline": f"{AI}/trainingPipelines/5",
                "encryptionSpec": {"kmsKeyName": KEY},
                "labels": {"data_classification": "confidential"},
                "createTime": "2025-03-01T00:00:00Z",
            },
        ),
        (f"//aiplatform.googleapis.com/{AI}/models/8", {"name": f"{AI}/models/8", "displayName": "support-tuned", "modelSourceInfo": {"sourceType": "GENIE"}}),
    ],
    "aiplatform.googleapis.com/Endpoint": [
        (
            f"//aiplatform.googleapis.com/{AI}/endpoints/9",
            {
                "name": f"{AI}/endpoints/9",
                "displayName": "rank",
                "network": "projects/111/global/networks/ml",
                "deployedModels": [{"id": "91", "model": f"{AI}/models/7@2", "modelVersionId": "2", "serviceAccount": TRAINER, "enableAccessLogging": True, "dedicatedResources": {"machineSpec": {"machineType": "n1-standard-4"}}}],
                "predictRequestResponseLoggingConfig": {"enabled": True, "bigqueryDestination": {"outputUri": f"bq://{DATA}.logs.predictions"}},
            },
        )
    ],
    "aiplatform.googleapis.com/Dataset": [
        (
            f"//aiplatform.googleapis.com/{AI}/datasets/3",
            {"name": f"{AI}/datasets/3", "displayName": "clicks", "metadataSchemaUri": "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml", "metadata": {"inputConfig": {"gcsSource": {"uri": [f"gs://{BUCKET}/clicks.csv"]}}}},
        )
    ],
    "aiplatform.googleapis.com/TrainingPipeline": [
        (
            f"//aiplatform.googleapis.com/{AI}/trainingPipelines/5",
            {"name": f"{AI}/trainingPipelines/5", "displayName": "train ranker", "state": "PIPELINE_STATE_SUCCEEDED", "inputDataConfig": {"datasetId": "3"}, "trainingTaskInputs": {"serviceAccount": TRAINER, "workerPoolSpecs": [{"containerSpec": {"env": CONTAINER_ENV}}]}, "modelToUpload": {"name": f"{AI}/models/7"}},
        )
    ],
    "aiplatform.googleapis.com/CustomJob": [
        (
            f"//aiplatform.googleapis.com/{AI}/customJobs/11",
            {
                "name": f"{AI}/customJobs/11",
                "displayName": "explore",
                "state": "JOB_STATE_SUCCEEDED",
                "jobSpec": {
                    "workerPoolSpecs": [{"containerSpec": {"imageUri": "gcr.io/x/y", "args": ["--api-key=arg-secret-1"], "env": CONTAINER_ENV}, "replicaCount": "1"}],
                    "baseOutputDirectory": {"outputUriPrefix": f"gs://{MODELS}/explore"},
                    "enableWebAccess": True,
                },
            },
        )
    ],
    "aiplatform.googleapis.com/TuningJob": [
        (
            f"//aiplatform.googleapis.com/{AI}/tuningJobs/12",
            {
                "name": f"{AI}/tuningJobs/12",
                "state": "JOB_STATE_SUCCEEDED",
                "baseModel": "gemini-2.5-pro",
                "supervisedTuningSpec": {"trainingDatasetUri": f"gs://{BUCKET}/support.jsonl"},
                "tunedModel": {"model": f"{AI}/models/8@1", "endpoint": f"{AI}/endpoints/10"},
                "serviceAccount": TRAINER,
            },
        )
    ],
    "aiplatform.googleapis.com/PipelineJob": [
        (
            f"//aiplatform.googleapis.com/{AI}/pipelineJobs/nightly-1",
            {"name": f"{AI}/pipelineJobs/nightly-1", "state": "PIPELINE_STATE_SUCCEEDED", "runtimeConfig": {"gcsOutputDirectory": f"gs://{MODELS}/runs", "parameterValues": {"token": "parameter-1"}}, "pipelineSpec": {"root": {"secret": "spec-1"}}},
        )
    ],
    "aiplatform.googleapis.com/BatchPredictionJob": [
        (
            f"//aiplatform.googleapis.com/{AI}/batchPredictionJobs/13",
            {"name": f"{AI}/batchPredictionJobs/13", "state": "JOB_STATE_SUCCEEDED", "model": f"{AI}/models/7", "inputConfig": {"bigquerySource": {"inputUri": f"bq://{DATA}.sales.orders"}}, "outputConfig": {"gcsDestination": {"outputUriPrefix": f"gs://{DOCS}/out"}}},
        )
    ],
    "aiplatform.googleapis.com/Index": [
        (f"//aiplatform.googleapis.com/{AI}/indexes/21", {"name": f"{AI}/indexes/21", "displayName": "docs", "metadata": {"contentsDeltaUri": f"gs://{DOCS}/vectors"}})
    ],
    "aiplatform.googleapis.com/IndexEndpoint": [
        (f"//aiplatform.googleapis.com/{AI}/indexEndpoints/22", {"name": f"{AI}/indexEndpoints/22", "publicEndpointEnabled": True, "deployedIndexes": [{"id": "d", "index": f"{AI}/indexes/21"}]})
    ],
    "aiplatform.googleapis.com/RagCorpus": [
        (
            f"//aiplatform.googleapis.com/{AI}/ragCorpora/31",
            {
                "name": f"{AI}/ragCorpora/31",
                "displayName": "handbook",
                "vectorDbConfig": {
                    "vertexVectorSearch": {"index": f"{AI}/indexes/21", "indexEndpoint": f"{AI}/indexEndpoints/22"},
                    "ragEmbeddingModelConfig": {"vertexPredictionEndpoint": {"endpoint": f"{AI}/publishers/google/models/text-embedding-005"}},
                },
                "corpusStatus": {"state": "ACTIVE"},
            },
        )
    ],
    "aiplatform.googleapis.com/RagFile": [
        (f"//aiplatform.googleapis.com/{AI}/ragCorpora/31/ragFiles/1", {"name": f"{AI}/ragCorpora/31/ragFiles/1", "displayName": "leave.pdf", "gcsSource": {"uris": [f"gs://{DOCS}/hr/leave.pdf"]}})
    ],
    "aiplatform.googleapis.com/ReasoningEngine": [
        (
            f"//aiplatform.googleapis.com/{AI}/reasoningEngines/41",
            {
                "name": f"{AI}/reasoningEngines/41",
                "displayName": "support-agent",
                "spec": {
                    "agentFramework": "google-adk",
                    "serviceAccount": AGENT_SA,
                    "packageSpec": {"pickleObjectGcsUri": f"gs://{MODELS}/agent.pkl", "pythonVersion": "3.12"},
                    "deploymentSpec": {"env": [{"name": "API_URL", "value": "env-value-2"}], "secretEnv": [{"name": "CRM_KEY", "secretRef": {"secret": "crm-key", "version": "latest"}}]},
                },
            },
        ),
        (f"//aiplatform.googleapis.com/{AI}/reasoningEngines/42", {"name": f"{AI}/reasoningEngines/42", "displayName": "prototype", "spec": {"agentFramework": "langgraph"}}),
    ],
    "aiplatform.googleapis.com/FeatureGroup": [
        (f"//aiplatform.googleapis.com/{AI}/featureGroups/users", {"name": f"{AI}/featureGroups/users", "bigQuery": {"bigQuerySource": {"inputUri": f"bq://{DATA}.sales.users"}}})
    ],
    "discoveryengine.googleapis.com/Engine": [
        (
            "//discoveryengine.googleapis.com/projects/111/locations/global/collections/default_collection/engines/help",
            {"name": "projects/111/locations/global/collections/default_collection/engines/help", "displayName": "Help", "solutionType": "SOLUTION_TYPE_SEARCH", "dataStoreIds": ["wiki"]},
        )
    ],
    "discoveryengine.googleapis.com/DataStore": [
        (
            "//discoveryengine.googleapis.com/projects/111/locations/global/collections/default_collection/dataStores/wiki",
            {"name": "projects/111/locations/global/collections/default_collection/dataStores/wiki", "displayName": "Wiki", "contentConfig": "CONTENT_REQUIRED"},
        )
    ],
    "modelarmor.googleapis.com/Template": [
        (
            f"//modelarmor.googleapis.com/projects/{ML}/locations/{REGION}/templates/strict",
            {"name": f"projects/{ML}/locations/{REGION}/templates/strict", "filterConfig": {"piAndJailbreakFilterSettings": {"filterEnforcement": "ENABLED", "confidenceLevel": "MEDIUM_AND_ABOVE"}}},
        )
    ],
    "notebooks.googleapis.com/Instance": [
        (
            f"//notebooks.googleapis.com/projects/{ML}/locations/{REGION}-a/instances/lab",
            {
                "name": f"projects/{ML}/locations/{REGION}-a/instances/lab",
                "state": "ACTIVE",
                "proxyUri": "1f-dot-europe-west4.notebooks.googleusercontent.com",
                "instanceOwners": ["ada@shop.example"],
                "gceSetup": {
                    "machineType": "e2-standard-4",
                    "serviceAccounts": [{"email": COMPUTE_SA, "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}],
                    "networkInterfaces": [{"network": f"{COMPUTE}/{VPC}", "subnet": f"{COMPUTE}/{SUBNET}"}],
                    "metadata": {"notebook-disable-root": "true", "startup-script": "script-1"},
                },
            },
        ),
        (
            f"//notebooks.googleapis.com/projects/{ML}/locations/{REGION}-a/instances/old",
            {"name": f"projects/{ML}/locations/{REGION}-a/instances/old", "state": "STOPPED", "noPublicIp": True, "machineType": f"{COMPUTE}/projects/{ML}/zones/{REGION}-a/machineTypes/n1-standard-1", "network": f"{COMPUTE}/{VPC}", "subnet": f"{COMPUTE}/{SUBNET}"},
        ),
    ],
    "storage.googleapis.com/Bucket": [
        (
            f"//storage.googleapis.com/{name}",
            {
                "kind": "storage#bucket",
                "id": name,
                "name": name,
                "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
                "projectNumber": "222",
                "location": "EUROPE-WEST4",
                "timeCreated": "2024-01-01T00:00:00Z",
                "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": prevention},
                **more,
            },
        )
        for name, prevention, more in (
            (BUCKET, "inherited", {"labels": {"data_classification": "pii"}, "versioning": {"enabled": True}, "encryption": {"defaultKmsKeyName": KEY}}),
            (MODELS, "enforced", {"logging": {"logBucket": DOCS}}),
            (DOCS, "inherited", {}),
        )
    ],
    "bigquery.googleapis.com/Dataset": [
        (
            f"//bigquery.googleapis.com/projects/{DATA}/datasets/sales",
            {
                "kind": "bigquery#dataset",
                "id": f"{DATA}:sales",
                "datasetReference": {"projectId": DATA, "datasetId": "sales"},
                "location": "EU",
                "access": [{"role": "WRITER", "specialGroup": "projectWriters"}, {"role": "READER", "groupByEmail": "ml-team@shop.example"}],
            },
        )
    ],
    "bigquery.googleapis.com/Table": [
        (
            f"//bigquery.googleapis.com/projects/{DATA}/datasets/sales/tables/orders",
            {"kind": "bigquery#table", "id": f"{DATA}:sales.orders", "tableReference": {"projectId": DATA, "datasetId": "sales", "tableId": "orders"}, "type": "TABLE"},
        )
    ],
    "cloudkms.googleapis.com/KeyRing": [
        (f"//cloudkms.googleapis.com/projects/{DATA}/locations/{REGION}/keyRings/ml", {"name": f"projects/{DATA}/locations/{REGION}/keyRings/ml"})
    ],
    "cloudkms.googleapis.com/CryptoKey": [
        (KEY_ID, {"name": KEY, "purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "7776000s", "primary": {"state": "ENABLED"}})
    ],
    "secretmanager.googleapis.com/Secret": [
        ("//secretmanager.googleapis.com/projects/111/secrets/crm-key", {"name": "projects/111/secrets/crm-key", "replication": {"automatic": {}}})
    ],
    "compute.googleapis.com/Network": [
        (f"//compute.googleapis.com/{VPC}", _compute(VPC, kind="compute#network", autoCreateSubnetworks=False))
    ],
    "compute.googleapis.com/Subnetwork": [
        (f"//compute.googleapis.com/{SUBNET}", _compute(SUBNET, kind="compute#subnetwork", network=f"{COMPUTE}/{VPC}", ipCidrRange="10.0.0.0/20", privateIpGoogleAccess=True))
    ],
    "compute.googleapis.com/Firewall": [
        (
            f"//compute.googleapis.com/projects/{ML}/global/firewalls/ssh",
            _compute(f"projects/{ML}/global/firewalls/ssh", kind="compute#firewall", network=f"{COMPUTE}/{VPC}", direction="INGRESS", priority=1000, sourceRanges=["0.0.0.0/0"], allowed=[{"IPProtocol": "tcp", "ports": ["22"]}], targetTags=["ssh"]),
        )
    ],
    "compute.googleapis.com/Instance": [
        (
            f"//compute.googleapis.com/projects/{ML}/zones/{REGION}-a/instances/bastion",
            _compute(
                f"projects/{ML}/zones/{REGION}-a/instances/bastion",
                kind="compute#instance",
                status="RUNNING",
                machineType=f"{COMPUTE}/projects/{ML}/zones/{REGION}-a/machineTypes/e2-small",
                networkInterfaces=[{"network": f"{COMPUTE}/{VPC}", "subnetwork": f"{COMPUTE}/{SUBNET}", "networkIP": "10.0.0.2", "accessConfigs": [{"natIP": "203.0.113.7"}]}],
                serviceAccounts=[{"email": TRAINER, "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}],
                tags={"items": ["ssh"]},
                metadata={"items": [{"key": "enable-oslogin", "value": "FALSE"}, {"key": "startup-script", "value": "script-2"}]},
            ),
        )
    ],
    "run.googleapis.com/Service": [
        (
            f"//run.googleapis.com/projects/{ML}/locations/{REGION}/services/gateway",
            {
                "apiVersion": "serving.knative.dev/v1",
                "kind": "Service",
                "metadata": {"name": "gateway", "namespace": "111", "labels": {"cloud.googleapis.com/location": REGION}, "annotations": {"run.googleapis.com/ingress": "all"}},
                "spec": {"template": {"spec": {"serviceAccountName": AGENT_SA, "containers": [{"image": "gcr.io/x/gateway", "env": [{"name": "MODE", "value": "env-value-3"}]}]}}},
                "status": {"url": "https://gateway-x.a.run.app"},
            },
        )
    ],
    "cloudfunctions.googleapis.com/CloudFunction": [
        (
            f"//cloudfunctions.googleapis.com/projects/{ML}/locations/{REGION}/functions/hook",
            {"name": f"projects/{ML}/locations/{REGION}/functions/hook", "entryPoint": "main", "runtime": "python312", "httpsTrigger": {"url": "https://x.cloudfunctions.net/hook"}, "ingressSettings": "ALLOW_ALL", "environmentVariables": {"TOKEN": "env-value-4"}},
        )
    ],
    "logging.googleapis.com/LogSink": [
        (
            f"//logging.googleapis.com/projects/{ML}/sinks/audit",
            {"name": "audit", "destination": f"storage.googleapis.com/{DOCS}", "filter": "severity>=NOTICE", "writerIdentity": "serviceAccount:service-111@gcp-sa-logging.iam.gserviceaccount.com"},
        )
    ],
}  # fmt: skip

# what a policy is set on -> (asset type, its policy)
POLICIES: dict[str, tuple[str, Item]] = {
    f"//{CRM}/projects/111": (
        f"{CRM}/Project",
        {
            "version": 3,
            "bindings": [
                {"role": "roles/aiplatform.user", "members": ["group:ml-team@shop.example"]},
                {
                    "role": f"projects/{ML}/roles/tuner",
                    "members": ["user:Ada@shop.example"],
                    "condition": {
                        "title": "until",
                        "expression": 'request.time < timestamp("2030-01-01T00:00:00Z")',
                    },
                },
                {
                    "role": "roles/aiplatform.serviceAgent",
                    "members": [
                        "serviceAccount:service-111@gcp-sa-aiplatform.iam.gserviceaccount.com"
                    ],
                },
                {"role": "roles/viewer", "members": ["deleted:user:bob@shop.example?uid=123"]},
            ],
            "auditConfigs": [
                {
                    "service": "aiplatform.googleapis.com",
                    "auditLogConfigs": [{"logType": "DATA_READ"}],
                }
            ],
        },
    ),
    f"//iam.googleapis.com/projects/{CI}/serviceAccounts/10004": (
        "iam.googleapis.com/ServiceAccount",
        {"bindings": [{"role": "roles/iam.workloadIdentityUser", "members": [GITHUB]}]},
    ),
    f"//storage.googleapis.com/{DOCS}": (
        "storage.googleapis.com/Bucket",
        {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]},
    ),
    f"//storage.googleapis.com/{BUCKET}": ("storage.googleapis.com/Bucket", {"bindings": []}),
}

ORG_POLICIES: dict[str, tuple[str, list[Item]]] = {
    f"//{CRM}/organizations/{ORG}": (
        f"{CRM}/Organization",
        [
            {
                "constraint": "constraints/iam.disableServiceAccountKeyCreation",
                "booleanPolicy": {"enforced": True},
            },
            {
                "constraint": "constraints/vertexai.allowedModels",
                "listPolicy": {
                    "allowedValues": ["publishers/google/models/gemini-2.5-pro:predict"],
                    "inheritFromParent": True,
                },
            },
        ],
    )
}

ACCESS: list[Item] = [
    {"accessPolicy": {"name": "accessPolicies/77", "parent": f"organizations/{ORG}", "title": "default"}},
    {"accessLevel": {"name": "accessPolicies/77/accessLevels/office", "title": "office", "basic": {"conditions": [{"ipSubnetworks": ["198.51.100.0/24"]}]}}},
    {
        "servicePerimeter": {
            "name": PERIMETER,
            "title": "ml",
            "status": {"resources": ["projects/111"], "restrictedServices": ["aiplatform.googleapis.com"], "accessLevels": ["accessPolicies/77/accessLevels/office"]},
            "spec": {"resources": ["projects/111", "projects/222"], "restrictedServices": ["aiplatform.googleapis.com"]},
            "useExplicitDryRunSpec": True,
        }
    },
]  # fmt: skip


def ancestors(name: str) -> list[str]:
    """The chain that Asset Inventory gives beside each asset."""
    name = unquote(name)
    for project, number in NUMBERS.items():
        if f"/projects/{project}" in name or f"/projects/{number}" in name:
            folder = [] if project == CI else [f"folders/{FOLDER}"]
            return [f"projects/{number}", *folder, f"organizations/{ORG}"]
    if f"/folders/{FOLDER}" in name:
        return [f"folders/{FOLDER}", f"organizations/{ORG}"]
    owner = ["projects/222", f"folders/{FOLDER}"] if "storage.googleapis" in name else []
    return [*owner, f"organizations/{ORG}"]


def resource_assets() -> Iterator[Item]:
    """RESOURCE content, in camel case as the API gives it."""
    for kind, items in RESOURCES.items():
        for name, data in items:
            yield {
                "name": name,
                "assetType": kind,
                "resource": {"version": "v1", "discoveryName": kind.rpartition("/")[2], "parent": f"//{CRM}/{ancestors(name)[0]}", "data": data, "location": REGION},
                "ancestors": ancestors(name),
                "updateTime": "2026-01-01T00:00:00Z",
            }  # fmt: skip


def policy_assets() -> Iterator[Item]:
    """IAM_POLICY content."""
    for name, (kind, policy) in POLICIES.items():
        yield {"name": name, "assetType": kind, "iamPolicy": policy, "ancestors": ancestors(name)}


def org_policy_assets() -> Iterator[Item]:
    """ORG_POLICY content."""
    for name, (kind, found) in ORG_POLICIES.items():
        yield {"name": name, "assetType": kind, "orgPolicy": found, "ancestors": ancestors(name)}


def access_assets() -> Iterator[Item]:
    """ACCESS_POLICY content: every line has the name of the organisation."""
    for item in ACCESS:
        yield {
            "name": f"//{CRM}/organizations/{ORG}",
            "assetType": f"{CRM}/Organization",
            **item,
            "ancestors": [f"organizations/{ORG}"],
        }
