"""The way to Azure: what may be sent, how long is waited, where tokens may go.

The pipelines hold nothing but what stands here. The SDK's own would follow redirects to other hosts with what was
asked, and register resource providers by a POST when a subscription lacks them.
"""

import ipaddress
import re
import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core import PipelineClient
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    HTTPPolicy,
    RetryPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from requests.adapters import HTTPAdapter

from collectors.asking import WORKERS
from collectors.azure.reads import QUERY_PATH, AzureRead, Cloud
from graph.model import CollectionError
from graph.progress import CancelCheck, stop_if

LONGEST_WAIT = 60.0  # seconds that a server may ask to wait; who asks for more is not waited for
_GLANCE = 0.2  # seconds between two looks whether the user has cancelled
_FRESH = 300.0  # seconds that a token must still be good for
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_OF_ACCOUNTS = (
    "foundry",
    "search",
)  # planes where each account or service has an address of its own
_NOBODY = "00000000-0000-0000-0000-000000000000"  # the client wants a subscription; addresses here name their own


class Refused(CollectionError):  # noqa: N818 - it is named in the ledger
    """A request that is no read of the table; it was not sent."""


class OnlyReads(SansIOHTTPPolicy[Any, Any]):
    """Refuses every request but the reads of the table, at their own server, and the query of Resource Graph."""

    def __init__(self, origin: str, paths: Iterable[str]) -> None:
        """`origin` and `paths` are regular expressions."""
        self._origin = re.compile(origin, re.IGNORECASE)
        self._paths = re.compile("|".join(f"(?:{path})" for path in paths), re.IGNORECASE)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Called for every attempt, right before it is sent."""
        method, url = request.http_request.method.upper(), urlsplit(request.http_request.url)
        queries = method == "POST" and url.path.lower() == QUERY_PATH.lower()
        reads = method == "GET" and bool(self._paths.fullmatch(url.path))
        if not ((queries or reads) and self._origin.fullmatch(origin_of(request.http_request.url))):
            raise Refused(
                f"{method} {url.path} is not on the list of calls that only read; it was not made"
            )


class PatientRetry(RetryPolicy[Any, Any]):
    """Waits as the server asks, but not for ever, and not once the user has cancelled."""

    def __init__(self, attempts: int, cancelled: CancelCheck) -> None:
        super().__init__(
            retry_total=attempts - 1,
            retry_connect=attempts - 1,
            retry_read=attempts - 1,
            retry_status=attempts - 1,
            retry_backoff_max=int(LONGEST_WAIT),
        )
        self._cancelled = cancelled

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Not where the server asks for more than is waited."""
        asked = self.get_retry_after(response) or 0.0
        return asked <= LONGEST_WAIT and bool(super().is_retry(settings, response))

    def sleep(
        self,
        settings: dict[str, Any],
        transport: Any,  # noqa: ARG002 - the SDK's signature; its sleep cannot be interrupted
        response: PipelineResponse[Any, Any] | None = None,
    ) -> None:
        """In short pieces."""
        asked = self.get_retry_after(response) if response else None
        self.wait(asked or self.get_backoff_time(settings))

    def wait(self, seconds: float) -> None:
        """Cancelled soon after the user wishes it."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            stop_if(self._cancelled)
            time.sleep(min(left, _GLANCE))


class OneToken:
    """A credential that is asked once for each audience, however many threads need the token; never stored."""

    def __init__(self, credential: Any) -> None:
        self._credential = credential
        self._tokens: dict[str, AccessToken] = {}
        self._asking = Lock()

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token that is good for minutes yet."""
        with self._asking:
            known = self._tokens.get(scopes[0])
            if known is None or known.expires_on - time.time() < _FRESH:
                known = self._tokens[scopes[0]] = self._credential.get_token(*scopes)
            return known

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:  # noqa: ARG002 - the SDK's signature
        """Likewise, in the SDK's newer form."""
        token = self.get_token(*scopes)
        return AccessTokenInfo(token.token, token.expires_on)


class Planes:
    """One client for each plane, made when first asked for."""

    def __init__(
        self,
        cloud: Cloud,
        credential: Any,
        reads: Iterable[AzureRead],
        *,
        endpoint_url: str | None = None,
        attempts: int,
        timeout: float,
        cancelled: CancelCheck,
    ) -> None:
        """`timeout`: seconds without a byte of an answer. `endpoint_url` stands for every server."""
        self._cloud, self.credential, self._reads = cloud, credential, tuple(reads)
        self._endpoint_url, self._attempts, self._cancelled = endpoint_url, attempts, cancelled
        self._timeouts = {"connection_timeout": min(5.0, timeout), "read_timeout": timeout}
        self._made: dict[str, Any] = {}
        self._making = Lock()

    def base(self, plane: str, account: str = "") -> str:
        """Where a plane answers; test servers tell accounts apart by path.

        Refused where the name of an account is none that a host may have.
        """
        if account and not _HOST.fullmatch(account):
            raise Refused(f"{account!r} is no name of an account; it was not asked")
        if self._endpoint_url:
            return self._endpoint_url + (f"/{plane}/{account}" if plane in _OF_ACCOUNTS else "")
        return str(getattr(self._cloud, plane)).replace("{account}", account.lower())

    def get(self, name: str) -> Any:
        """The client of a plane, or `queries` for Resource Graph."""
        with self._making:
            if name not in self._made:
                self._made[name] = _CLIENTS[name](self)
            return self._made[name]

    def policies(self, plane: str) -> list[HTTPPolicy[Any, Any] | SansIOHTTPPolicy[Any, Any]]:
        """Everything that a request passes through, in order; what stands behind the retries sees each attempt."""
        return [
            UserAgentPolicy(base_user_agent="modelhound"),
            PatientRetry(self._attempts, self._cancelled),
            OnlyReads(self._origin(plane), self._paths(plane)),
            BearerTokenCredentialPolicy(self.credential, self._cloud.scope(plane)),
        ]

    def pipeline(self, plane: str) -> dict[str, Any]:
        """What a client of the SDK is made of; as many connections as there are workers."""
        session = requests.Session()
        session.mount("https://", HTTPAdapter(pool_maxsize=WORKERS))
        session.mount("http://", HTTPAdapter(pool_maxsize=WORKERS))
        return {"policies": self.policies(plane), "transport": RequestsTransport(session=session)}

    @property
    def options(self) -> dict[str, Any]:
        """For every request: time limits; plain http is allowed to this machine alone."""
        return {**self._timeouts, "enforce_https": not is_here(self._endpoint_url or "")}

    def _origin(self, plane: str) -> str:
        given = re.escape(origin_of(self.base(plane, "0")))
        return given if self._endpoint_url else given.replace("//0", "//[a-z0-9-]+")

    def _paths(self, plane: str) -> Iterable[str]:
        before = rf"/{plane}/[^/]+" if self._endpoint_url and plane in _OF_ACCOUNTS else ""
        for read in self._reads:
            if read.plane == plane:
                yield before + read.pattern()
        if plane == "arm":
            yield "/subscriptions"


def _arm(planes: Planes) -> ResourceManagementClient:
    return ResourceManagementClient(
        planes.credential, _NOBODY, base_url=planes.base("arm"), **planes.pipeline("arm")
    )


def _queries(planes: Planes) -> ResourceGraphClient:
    return ResourceGraphClient(
        planes.credential, base_url=planes.base("arm"), **planes.pipeline("arm")
    )


def _plain(plane: str) -> Callable[[Planes], PipelineClient[Any, Any]]:
    return lambda planes: PipelineClient(planes.base(plane), **planes.pipeline(plane))


_CLIENTS: dict[str, Callable[[Planes], Any]] = {
    "arm": _arm,
    "queries": _queries,
    "graph": _plain("graph"),
    "foundry": _plain("foundry"),
    "search": _plain("search"),
}


def origin_of(url: str) -> str:
    """Scheme, host and port, with a user's name before the host where somebody put one; the usual port is left out."""
    parts = urlsplit(url)
    usual = _PORTS.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(f':{usual}')}"


def is_here(url: str) -> bool:
    """Whether an address is one of this machine, such as a test server's."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
