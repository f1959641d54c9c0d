"""What the research team runs on Google Cloud: models, agents, a notebook, and the data that they live on."""

from collections.abc import Mapping

from sample.gcp_ids import (
    AGENTS,
    AUDIT,
    COHORT,
    COMPUTE,
    DEFAULT,
    KEY,
    MODELS,
    NETWORK,
    NOTES,
    NUMBER,
    PROJECT,
    REGION,
    SUBNET,
    SURVEYS,
    VERTEX,
    ZONE,
    Item,
    compute,
    email,
    plain,
    vertex,
)

Listed = Mapping[str, list[tuple[str, Item]]]
_SCOPE = ["https://www.googleapis.com/auth/cloud-platform"]
_CMEK = {"encryptionSpec": {"kmsKeyName": KEY}}


def learning() -> Listed:
    """Two models and where they come from: the relapse risk of a cohort, and codes for answers in surveys."""
    image = f"{REGION}-docker.pkg.dev/{PROJECT}/research/relapse"
    trainer = email("research-trainer")
    tabular = "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml"
    surveys = {"trainingDatasetUri": f"gs://{SURVEYS}/answers.jsonl"}
    served = {"machineSpec": {"machineType": "n1-standard-4"}, "minReplicaCount": 1}
    steps = [{"replicaCount": "1", "containerSpec": {"imageUri": f"{image}:train", "env": [{"name": "EPOCHS", "value": "40"}, {"name": "HF_TOKEN", "value": "not-a-secret"}]}}]  # fmt: skip
    return {
        "aiplatform.googleapis.com/Dataset": [
            vertex("datasets", 4101, "cohort-visits", metadataSchemaUri=tabular, metadata={"inputConfig": {"gcsSource": {"uri": [f"gs://{COHORT}/visits.csv"]}}}, **_CMEK)
        ],
        "aiplatform.googleapis.com/TrainingPipeline": [
            vertex("trainingPipelines", 5101, "train-relapse-risk", state="PIPELINE_STATE_SUCCEEDED", inputDataConfig={"datasetId": "4101"},
                   trainingTaskInputs={"serviceAccount": trainer, "workerPoolSpecs": steps}, modelToUpload={"name": f"{VERTEX}/models/6101"}, **_CMEK)
        ],
        "aiplatform.googleapis.com/CustomJob": [
            vertex("customJobs", 5201, "cohort-embedding", state="JOB_STATE_RUNNING",
                   jobSpec={"serviceAccount": trainer, "enableWebAccess": True, "workerPoolSpecs": steps, "baseOutputDirectory": {"outputUriPrefix": f"gs://{MODELS}/embedding"}})
        ],
        "aiplatform.googleapis.com/TuningJob": [
            vertex("tuningJobs", 5301, "tune-survey-coder", state="JOB_STATE_SUCCEEDED", baseModel="gemini-2.5-flash", supervisedTuningSpec=surveys,
                   tunedModel={"model": f"{VERTEX}/models/6102@1", "endpoint": f"{VERTEX}/endpoints/7102"}, serviceAccount=trainer)
        ],
        "aiplatform.googleapis.com/Model": [
            vertex("models", 6101, "relapse-risk", versionId="3", versionAliases=["default"], artifactUri=f"gs://{MODELS}/relapse/3",
                   containerSpec={"imageUri": f"{image}:serve"}, trainingPipeline=f"{VERTEX}/trainingPipelines/5101", labels={"owner": "research", "environment": "production"}, **_CMEK),
            vertex("models", 6102, "survey-coder", versionId="1", versionAliases=["default"], modelSourceInfo={"sourceType": "GENIE"}),
        ],
        "aiplatform.googleapis.com/Endpoint": [
            vertex("endpoints", 7101, "relapse-risk-online", deployedModels=[{"id": "81", "displayName": "relapse-risk-3", "model": f"{VERTEX}/models/6101", "modelVersionId": "3", "serviceAccount": trainer, "dedicatedResources": served}]),
            vertex("endpoints", 7102, "survey-coder-online", deployedModels=[{"id": "82", "displayName": "survey-coder-1", "model": f"{VERTEX}/models/6102", "modelVersionId": "1"}]),
        ],
    }  # fmt: skip


def agents() -> Listed:
    """Two helpers that share an account because nobody named one, one agent with its own, and what they look up."""

    def spec(name: str, **more: str) -> Item:
        package = {"pickleObjectGcsUri": f"gs://{AGENTS}/{name}.pkl", "pythonVersion": "3.12"}
        return {"agentFramework": "google-adk", "packageSpec": package, **more}

    embedding = f"{VERTEX}/publishers/google/models/text-embedding-005"
    return {
        "aiplatform.googleapis.com/ReasoningEngine": [
            vertex("reasoningEngines", 8101, "study-helper", spec=spec("study-helper")),
            vertex("reasoningEngines", 8102, "survey-helper", spec=spec("survey-helper")),
            vertex("reasoningEngines", 8103, "trial-matcher", spec={"agentFramework": "google-adk", "serviceAccount": email("trial-matcher"), "containerSpec": {"imageUri": f"{REGION}-docker.pkg.dev/{PROJECT}/research/matcher:7"}}, **_CMEK),
        ],
        "aiplatform.googleapis.com/RagCorpus": [
            vertex("ragCorpora", 8201, "study-protocols", vectorDbConfig={"ragManagedDb": {}, "ragEmbeddingModelConfig": {"vertexPredictionEndpoint": {"endpoint": embedding}}}, corpusStatus={"state": "ACTIVE"})
        ],
        "aiplatform.googleapis.com/RagFile": [
            vertex("ragCorpora/8201/ragFiles", 1, "protocol-12.pdf", gcsSource={"uris": [f"gs://{NOTES}/protocol-12.pdf"]})
        ],
    }  # fmt: skip


def data() -> Listed:
    """Buckets, tables, a secret and a key."""

    def bucket(name: str, prevention: str = "enforced", **more: object) -> tuple[str, Item]:
        access = {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": prevention}  # fmt: skip
        told = {"kind": "storage#bucket", "id": name, "name": name, "projectNumber": NUMBER, "location": REGION.upper(), "iamConfiguration": access}  # fmt: skip
        return f"//storage.googleapis.com/{name}", {**told, **more}

    holds = {"data_classification": "pii", "owner": "research"}
    table = {"projectId": PROJECT, "datasetId": "cohort", "tableId": "visits"}
    owners = [{"role": "OWNER", "specialGroup": "projectOwners"}]
    visits = f"projects/{PROJECT}/datasets/cohort"
    return {
        "storage.googleapis.com/Bucket": [
            bucket(COHORT, labels=holds, versioning={"enabled": True}, encryption={"defaultKmsKeyName": KEY}),
            bucket(SURVEYS, "inherited", labels=holds),
            bucket(NOTES, labels={"data_classification": "confidential", "owner": "research"}),
            bucket(MODELS, labels={"owner": "research"}, versioning={"enabled": True}),
            bucket(AGENTS, labels={"owner": "research"}),
            bucket(AUDIT, labels={"data_classification": "internal"}, retentionPolicy={"retentionPeriod": "34560000", "isLocked": True}),
        ],
        "bigquery.googleapis.com/Dataset": [
            (f"//bigquery.googleapis.com/{visits}", {"kind": "bigquery#dataset", "id": f"{PROJECT}:cohort", "datasetReference": {"projectId": PROJECT, "datasetId": "cohort"}, "labels": holds, "access": owners, "defaultEncryptionConfiguration": {"kmsKeyName": KEY}})
        ],
        "bigquery.googleapis.com/Table": [
            (f"//bigquery.googleapis.com/{visits}/tables/visits", {"kind": "bigquery#table", "id": f"{PROJECT}:cohort.visits", "tableReference": table, "type": "TABLE", "encryptionConfiguration": {"kmsKeyName": KEY}})
        ],
        "secretmanager.googleapis.com/Secret": [
            plain("secretmanager", f"projects/{NUMBER}/secrets/registry-token", replication={"automatic": {}})
        ],
        "cloudkms.googleapis.com/KeyRing": [plain("cloudkms", KEY.partition("/cryptoKeys")[0])],
        "cloudkms.googleapis.com/CryptoKey": [
            plain("cloudkms", KEY, purpose="ENCRYPT_DECRYPT", rotationPeriod="7776000s", primary={"state": "ENABLED"})
        ],
        "apikeys.googleapis.com/Key": [
            plain("apikeys", f"projects/{NUMBER}/locations/global/keys/4be1c0a9-survey", displayName="survey-page", restrictions={"apiTargets": [{"service": "generativelanguage.googleapis.com"}]})
        ],
    }  # fmt: skip


def machines() -> Listed:
    """The notebook that everybody opens, the tracking server, and their network."""
    account = [{"email": DEFAULT, "scopes": _SCOPE}]
    port = {"network": f"{COMPUTE}/{NETWORK}", "subnetwork": f"{COMPUTE}/{SUBNET}", "networkIP": "10.60.0.9", "accessConfigs": [{"natIP": "203.0.113.77"}]}  # fmt: skip
    setup = {"machineType": "n1-standard-8", "serviceAccounts": account, "networkInterfaces": [{"network": f"{COMPUTE}/{NETWORK}", "subnet": f"{COMPUTE}/{SUBNET}"}]}  # fmt: skip

    def firewall(name: str, ports: list[str], sources: list[str], **more: object) -> tuple[str, Item]:  # fmt: skip
        allowed = [{"IPProtocol": "tcp", "ports": ports}]
        return compute(f"projects/{PROJECT}/global/firewalls/{name}", kind="compute#firewall", network=f"{COMPUTE}/{NETWORK}", direction="INGRESS", priority=1000, sourceRanges=sources, allowed=allowed, **more)  # fmt: skip

    return {
        "notebooks.googleapis.com/Instance": [
            plain("notebooks", f"projects/{PROJECT}/locations/{ZONE}/instances/cohort-explorer", state="ACTIVE", proxyUri="7c1d-dot-europe-west3.notebooks.googleusercontent.com", disableProxyAccess=False,
                  instanceOwners=["ravi.menon@larkfield.example"], gceSetup=setup)
        ],
        "compute.googleapis.com/Network": [compute(NETWORK, kind="compute#network", autoCreateSubnetworks=False)],
        "compute.googleapis.com/Subnetwork": [
            compute(SUBNET, kind="compute#subnetwork", network=f"{COMPUTE}/{NETWORK}", ipCidrRange="10.60.0.0/20", privateIpGoogleAccess=True)
        ],
        "compute.googleapis.com/Firewall": [
            firewall("tracking-from-anywhere", ["5000"], ["0.0.0.0/0"], targetTags=["tracking"]),
            firewall("research-inside", ["22", "443"], ["10.60.0.0/20"]),
        ],
        "compute.googleapis.com/Instance": [
            compute(f"projects/{PROJECT}/zones/{ZONE}/instances/run-tracking", kind="compute#instance", status="RUNNING", machineType=f"{COMPUTE}/projects/{PROJECT}/zones/{ZONE}/machineTypes/e2-medium",
                    networkInterfaces=[port], serviceAccounts=account, tags={"items": ["tracking"]}, metadata={"items": [{"key": "enable-oslogin", "value": "TRUE"}]})
        ],
        "logging.googleapis.com/LogSink": [
            (f"//logging.googleapis.com/projects/{PROJECT}/sinks/audit", {"name": "audit", "destination": f"storage.googleapis.com/{AUDIT}", "filter": 'logName:"cloudaudit.googleapis.com"', "writerIdentity": f"serviceAccount:service-{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com"})
        ],
    }  # fmt: skip
