"""A made-up Google on two loopback ports, gRPC and REST, behind the real SDKs: Asset Inventory, Vertex AI and other APIs.

What it answers with is the shop of gcp_world; faults are set by the name of a call.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, unquote, urlsplit

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform_v1, asset_v1
from google.protobuf.json_format import ParseDict

from tests.beds import gcp_world as world
from tests.beds.serving import Reply, served

Item = dict[str, Any]
TOKEN = "a-token-that-must-not-be-kept"
HANGS_FOR = 3.0  # seconds; longer than the time limit of a test
_VERTEX = {
    "Model": ("ModelService", "ListModels"),
    "Endpoint": ("EndpointService", "ListEndpoints"),
    "Dataset": ("DatasetService", "ListDatasets"),
    "PipelineJob": ("PipelineService", "ListPipelineJobs"),
    "TrainingPipeline": ("PipelineService", "ListTrainingPipelines"),
    "CustomJob": ("JobService", "ListCustomJobs"),
    "BatchPredictionJob": ("JobService", "ListBatchPredictionJobs"),
    "TuningJob": ("GenAiTuningService", "ListTuningJobs"),
    "Index": ("IndexService", "ListIndexes"),
    "IndexEndpoint": ("IndexEndpointService", "ListIndexEndpoints"),
    "RagCorpus": ("VertexRagDataService", "ListRagCorpora"),
    "RagFile": ("VertexRagDataService", "ListRagFiles"),
    "ReasoningEngine": ("ReasoningEngineService", "ListReasoningEngines"),
    "FeatureGroup": ("FeatureRegistryService", "ListFeatureGroups"),
}  # kind -> the service and method that list it
_EMPTY = (
    ("DeploymentResourcePoolService", "ListDeploymentResourcePools"), ("JobService", "ListHyperparameterTuningJobs"),
    ("JobService", "ListModelDeploymentMonitoringJobs"), ("JobService", "ListNasJobs"),
    ("ScheduleService", "ListSchedules"), ("PersistentResourceService", "ListPersistentResources"),
    ("NotebookService", "ListNotebookRuntimes"), ("NotebookService", "ListNotebookRuntimeTemplates"),
    ("FeatureOnlineStoreAdminService", "ListFeatureOnlineStores"), ("FeatureOnlineStoreAdminService", "ListFeatureViews"),
    ("FeaturestoreService", "ListFeaturestores"), ("MetadataService", "ListMetadataStores"),
)  # fmt: skip
NOT_IN_INVENTORY = {
    "aiplatform.googleapis.com/TuningJob", "aiplatform.googleapis.com/RagCorpus", "aiplatform.googleapis.com/RagFile",
    "aiplatform.googleapis.com/ReasoningEngine", "aiplatform.googleapis.com/FeatureGroup",
    "iam.googleapis.com/WorkloadIdentityPool", "iam.googleapis.com/WorkloadIdentityPoolProvider",
    "iam.googleapis.com/DenyPolicy", "iam.googleapis.com/PrincipalAccessBoundaryPolicy",
    "iam.googleapis.com/PolicyBinding", "cloudidentity.googleapis.com/Group", "cloudidentity.googleapis.com/Membership",
    "discoveryengine.googleapis.com/Engine", "discoveryengine.googleapis.com/DataStore",
    "notebooks.googleapis.com/Instance",
}  # fmt: skip
ASSETS = {
    "RESOURCE": world.resource_assets, "IAM_POLICY": world.policy_assets, "ORG_POLICY": world.org_policy_assets,
    "ACCESS_POLICY": world.access_assets,
}  # fmt: skip


class Google:
    """What the servers answer with; `asked` counts calls by name, `sent` holds each REST method and target."""

    def __init__(self, page_size: int = 1000, canary: str = "") -> None:
        self.page_size, self.canary = page_size, canary
        self.faults: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.sent: list[tuple[str, str]] = []
        self.url = self.target = ""
        self._lock = threading.Lock()

    def count(self, name: str) -> int:
        """How often a call was made, this time included."""
        with self._lock:
            self.asked[name] += 1
            return self.asked[name]

    # --- gRPC

    def listed(self, name: str, items: list[Any], request: Any, context: Any, answer: Any) -> Any:
        """A page of a list."""
        times = self.count(name)
        if fault := self.faults.get(name):
            _GRPC_FAULTS[fault](context, times, request)
        start = int(request.page_token or 0)
        found = items[start : start + self.page_size]
        token = str(start + self.page_size) if len(items) > start + self.page_size else ""
        if self.faults.get(name) == "endless":
            token = "0"
        return answer(found, token)

    def assets(self, request: Any, context: Any) -> Any:
        """Asset Inventory."""
        content = asset_v1.ContentType(request.content_type).name
        items = [
            item
            for item in ASSETS[content]()
            if _within(item, request.parent)
            and (not request.asset_types or item["assetType"] in request.asset_types)
            and item["assetType"] not in NOT_IN_INVENTORY
        ]

        def answer(found: list[Item], token: str) -> Any:
            plain = [
                self.marked({k: v for k, v in item.items() if k != "updateTime"}) for item in found
            ]
            made = asset_v1.ListAssetsResponse()
            ParseDict(
                {"assets": plain, "nextPageToken": token},
                type(made).pb(made),
                ignore_unknown_fields=True,
            )
            return made

        return self.listed(f"ListAssets {content}", items, request, context, answer)

    def vertex(self, kind: str, method: str, request: Any, context: Any) -> Any:
        """A list of Vertex AI."""
        own = [data for _, data in world.RESOURCES.get(f"aiplatform.googleapis.com/{kind}", [])]
        parent = request.parent.replace(f"/{world.ML}/", "/111/")
        items = [
            item for item in own if item["name"].rpartition("/")[0].rpartition("/")[0] == parent
        ]
        response = getattr(aiplatform_v1, f"{method}Response")

        def answer(found: list[Item], token: str) -> Any:
            made = response()
            message = type(made).pb(made)
            field = next((f for f in message.DESCRIPTOR.fields if f.is_repeated), None)
            if field is not None:
                body = {
                    field.json_name: [self.marked(item) for item in found],
                    "nextPageToken": token,
                }
                ParseDict(body, message, ignore_unknown_fields=True)
            return made

        return self.listed(method, items, request, context, answer)

    def marked(self, item: Item) -> Item:
        """An item with canaries where secrets stand."""
        text = json.dumps(item)
        for secret in ("env-value-", "script-", "arg-secret-", "parameter-", "spec-"):
            text = re.sub(rf"{secret}\d", self.canary or r"\g<0>", text)
        return dict(json.loads(text))

    # --- REST

    def reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request."""
        del headers, body
        if target == "/token":
            return answered({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
        with self._lock:
            self.sent.append((method, target))
        url = urlsplit(target)
        name, key, items = self._found(unquote(url.path), dict(parse_qsl(url.query)))
        times = self.count(name)
        if fault := self.faults.get(name):
            reply = _REST_FAULTS[fault](times)
            if reply:
                return reply
        start = int(dict(parse_qsl(url.query)).get("pageToken", 0))
        if not key:
            return answered(items[0]) if items else refused(404, "NOT_FOUND", "there is none")
        found: Item = {key: items[start : start + self.page_size]}
        if len(items) > start + self.page_size:
            found["nextPageToken"] = str(start + self.page_size)
        if self.faults.get(name) == "unreachable":
            found["unreachable"] = ["locations/us-east9"]
        if self.faults.get(name) == "endless":
            found["nextPageToken"] = "0"
        return answered(found)

    def _found(self, path: str, query: Mapping[str, str]) -> tuple[str, str, list[Item]]:
        """(name of the call, the member that holds its list, the items)."""
        name, key, kind, owner = next(row[1:] for row in _PATHS if re.search(row[0], path))
        items = [item for _, item in world.RESOURCES.get(kind, [])]
        if owner and not re.search(owner, path):
            items = []
        if name == "deny list":
            items = [{k: v for k, v in item.items() if k != "rules"} for item in items]
        if name == "lookup":
            items = (
                [{"name": "groups/g1"}]
                if query.get("groupKey.id") == "ml-team@shop.example"
                else []
            )
        return name, key, items


_OF_ML = f"projects/{world.ML}/"
# path, name of the call, the member that holds its list, the type of its items, whose path has them
_PATHS = (
    (r"/workloadIdentityPools$", "pools", "workloadIdentityPools", "iam.googleapis.com/WorkloadIdentityPool", f"projects/{world.CI}/"),
    (r"/providers$", "providers", "workloadIdentityPoolProviders", "iam.googleapis.com/WorkloadIdentityPoolProvider", ""),
    (r"/denypolicies$", "deny list", "policies", "iam.googleapis.com/DenyPolicy", f"projects/{world.ML}/denypolicies"),
    (r"/denypolicies/", "deny", "", "iam.googleapis.com/DenyPolicy", ""),
    (r"/principalAccessBoundaryPolicies$", "boundaries", "principalAccessBoundaryPolicies", "iam.googleapis.com/PrincipalAccessBoundaryPolicy", ""),
    (r"/policyBindings$", "bindings", "policyBindings", "iam.googleapis.com/PolicyBinding", ""),
    (r"/engines$", "engines", "engines", "discoveryengine.googleapis.com/Engine", _OF_ML),
    (r"/dataStores$", "data stores", "dataStores", "discoveryengine.googleapis.com/DataStore", _OF_ML),
    (r"/assistants$", "assistants", "assistants", "", ""),
    (r"/instances$", "instances", "instances", "notebooks.googleapis.com/Instance", _OF_ML),
    (r"/floorSetting$", "floor", "", "", ""),
    (r"groups:lookup$", "lookup", "", "", ""),
    (r"/memberships$", "memberships", "memberships", "cloudidentity.googleapis.com/Membership", ""),
)  # fmt: skip


def _within(item: Item, parent: str) -> bool:
    chain = item.get("ancestors", [])
    return parent.replace(world.ML, "111").replace(world.CI, "333") in chain


def answered(body: Any) -> Reply:
    """A good answer."""
    return Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def refused(
    status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None
) -> Reply:
    """An error as Google's APIs write it."""
    body = {"error": {"code": status, "status": code, "message": message}}
    return Reply(
        status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
    )


def _abort(code: grpc.StatusCode, message: str) -> Callable[[Any, int, Any], None]:
    return lambda context, _times, _request: context.abort(code, message)


def _once(code: grpc.StatusCode) -> Callable[[Any, int, Any], None]:
    def fault(context: Any, times: int, request: Any) -> None:
        del request
        if times == 1:
            context.abort(code, "try again")

    return fault


def _second(context: Any, times: int, request: Any) -> None:
    if request.page_token:
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "not this page")
    del times


_GRPC_FAULTS: Mapping[str, Callable[[Any, int, Any], None]] = {
    "denied": _abort(grpc.StatusCode.PERMISSION_DENIED, "Permission denied on resource"),
    "throttled once": _once(grpc.StatusCode.RESOURCE_EXHAUSTED),
    "throttled": _abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded"),
    "broken": _abort(grpc.StatusCode.INTERNAL, "internal error"),
    "unauthenticated": _abort(grpc.StatusCode.UNAUTHENTICATED, "no such key"),
    "no such region": _abort(
        grpc.StatusCode.INVALID_ARGUMENT, "Location europe-west4 is not supported"
    ),
    "hangs": lambda _context, _times, _request: time.sleep(HANGS_FOR),
    "second page": _second,
    "endless": lambda _context, _times, _request: None,
}


def _hang(_: int) -> Reply:
    time.sleep(HANGS_FOR)
    return refused(504, "DEADLINE_EXCEEDED")


_REST_FAULTS: Mapping[str, Callable[[int], Reply | None]] = {
    "denied": lambda _: refused(403, "PERMISSION_DENIED", "Permission denied on resource"),
    "no api": lambda _: refused(403, "PERMISSION_DENIED", "the API has not been used in project 1 before or it is disabled"),
    "throttled once": lambda times: refused(429, "RESOURCE_EXHAUSTED", "slow", {"Retry-After": "1"}) if times == 1 else None,
    "throttled": lambda _: refused(429, "RESOURCE_EXHAUSTED", "slow", {"Retry-After": "3600"}),
    "broken": lambda _: refused(500, "INTERNAL", "internal error"),
    "unauthenticated": lambda _: refused(401, "UNAUTHENTICATED", "no such key"),
    "cut": lambda _: Reply(200, b'{"items": [1, 2', {"Content-Type": "application/json"}, cut=5),
    "web page": lambda _: Reply(200, b"<html>login</html>", {"Content-Type": "text/html"}),
    "redirect": lambda _: Reply(302, b"", {"Location": "http://203.0.113.9/"}),
    "strange": lambda _: answered({"policies": 7, "engines": [7], "instances": {"a": 1}, "dataStores": "x", "workloadIdentityPools": [1]}),
    "hangs": _hang,
    "unreachable": lambda _: None,
    "endless": lambda _: None,
}  # fmt: skip


def _handlers(google: Google) -> list[Any]:
    def unary(function: Callable[..., Any], request: Any, response: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(
            function,
            request_deserializer=request.deserialize,
            response_serializer=response.serialize,
        )

    services: dict[str, dict[str, Any]] = {}
    named = [(kind, *call) for kind, call in _VERTEX.items()] + [("-", *call) for call in _EMPTY]
    for kind, service, method in named:

        def answer(request: Any, context: Any, kind: str = kind, method: str = method) -> Any:
            return google.vertex(kind, method, request, context)

        services.setdefault(f"google.cloud.aiplatform.v1.{service}", {})[method] = unary(
            answer,
            getattr(aiplatform_v1, f"{method}Request"),
            getattr(aiplatform_v1, f"{method}Response"),
        )
    services["google.cloud.asset.v1.AssetService"] = {
        "ListAssets": unary(google.assets, asset_v1.ListAssetsRequest, asset_v1.ListAssetsResponse)
    }
    return [
        grpc.method_handlers_generic_handler(name, methods) for name, methods in services.items()
    ]


def anonymous() -> Any:
    """Credentials without a token."""
    return AnonymousCredentials()  # type: ignore[no-untyped-call] # google-auth tells no types


@contextmanager
def open_google(google: Google) -> Iterator[Google]:
    """Both servers, and credentials that open them."""
    server = grpc.server(ThreadPoolExecutor(16), handlers=_handlers(google))
    google.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        with (
            served(google) as google.url,
            mock.patch("collectors.gcp.live.open_credentials", return_value=anonymous()),
        ):
            yield google
    finally:
        server.stop(0)
