"""Where Larkfield's things stand in Google Cloud, who is who, and how its interfaces call them."""

from typing import Any

from sample.azure_ids import CLAIMS_SYNC_SUBJECT

ORGANISATION, FOLDER = "704912338165", "518830274416"
PROJECT, NUMBER = "larkfield-research-ai", "861204773309"
REGION = "europe-west3"
ZONE = f"{REGION}-b"
DOMAIN = "larkfield.example"

CRM = "cloudresourcemanager.googleapis.com"
VERTEX = f"projects/{NUMBER}/locations/{REGION}"  # Vertex AI writes project numbers
COMPUTE = "https://www.googleapis.com/compute/v1"
NETWORK = f"projects/{PROJECT}/global/networks/research"
SUBNET = f"projects/{PROJECT}/regions/{REGION}/subnetworks/research"
KEY = f"projects/{PROJECT}/locations/{REGION}/keyRings/research/cryptoKeys/cohort"

COHORT, SURVEYS, NOTES = "larkfield-cohort-training", "larkfield-survey-share", "larkfield-study-notes"  # fmt: skip
MODELS, AGENTS, AUDIT = "larkfield-research-models", "larkfield-research-agents", "larkfield-research-audit"  # fmt: skip

POOLS = f"projects/{NUMBER}/locations/global/workloadIdentityPools"
GITHUB = f"principalSet://iam.googleapis.com/{POOLS}/github/attribute.repository/larkfield-health/cohort-models"
CLAIMS_SYNC = f"principal://iam.googleapis.com/{POOLS}/azure/subject/{CLAIMS_SYNC_SUBJECT}"
COHORT_EXPORT_ID = (
    "104417730925586120043"  # the unique id that Google writes into tokens as their subject
)

Item = dict[str, Any]


def email(name: str) -> str:
    """The address of a service account of the project."""
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


DEFAULT = f"{NUMBER}-compute@developer.gserviceaccount.com"
SHARED_AGENT = f"service-{NUMBER}@gcp-sa-aiplatform-re.iam.gserviceaccount.com"
# The service accounts of the project and their unique ids.
ACCOUNTS = {
    DEFAULT: "100263351870442916557",
    email("research-trainer"): "101940226613758840219",
    email("research-terraform"): "102716640938215570334",
    email("github-release"): "103358201164497732806",
    email("cohort-export"): COHORT_EXPORT_ID,
    email("claims-import"): "105220973418863351127",
    email("trial-matcher"): "106601187254430092918",
}


def vertex(collection: str, number: int | str, title: str, **more: Any) -> tuple[str, Item]:
    """A resource of Vertex AI under its full name."""
    name = f"{VERTEX}/{collection}/{number}"
    return f"//aiplatform.googleapis.com/{name}", {"name": name, "displayName": title, **more}


def compute(path: str, **more: Any) -> tuple[str, Item]:
    """A resource of Compute Engine under its full name."""
    told = {"name": path.rpartition("/")[2], "selfLink": f"{COMPUTE}/{path}"}
    return f"//compute.googleapis.com/{path}", {**told, **more}


def plain(service: str, path: str, **more: Any) -> tuple[str, Item]:
    """A resource that is called by its path."""
    return f"//{service}.googleapis.com/{path}", {"name": path, **more}
