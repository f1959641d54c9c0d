"""The way to Google: which calls may be sent, and where tokens may go.

gRPC methods are checked on the channel and REST paths in the session, right before they are sent, against the table of reads.
"""

import ipaddress
import re
from collections.abc import Callable
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import grpc
from google.auth.transport.requests import AuthorizedSession
from requests.adapters import HTTPAdapter

from collectors.asking import WORKERS
from collectors.gcp.reads import rest_reads, rpcs
from graph.model import CollectionError

_AI, _ASSET = "aiplatform.googleapis.com", "cloudasset.googleapis.com"
_LARGEST = 64 << 20  # bytes of one answer


def is_here(url: str) -> bool:
    """Whether an address is one of this machine."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class OnlyReads(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc] # grpc tells no types
    """Refuses every gRPC method that is not in the table of reads."""

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        """Called for every call, right before it is sent."""
        if details.method not in rpcs():
            raise CollectionError(
                f"{details.method} is not on the list of calls that only read; it was not made"
            )
        return continuation(details, request)


class ReadingSession(AuthorizedSession):
    """A session that sends GET for the paths of the table alone, to their own hosts, and follows no redirect."""

    def __init__(self, credentials: Any, endpoint_url: str | None) -> None:
        super().__init__(credentials)  # type: ignore[no-untyped-call] # google-auth tells no types
        self.trust_env = False  # no proxy or .netrc of the environment decides where the token goes
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(pool_maxsize=WORKERS))
        self._paths = re.compile(
            "|".join(f"(?:{read.pattern()})" for read in rest_reads().values())
        )
        hosts = {read.host for read in rest_reads().values()}
        self._hosts = {urlsplit(endpoint_url).netloc} if endpoint_url else hosts

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:  # type: ignore[override] # the rest is passed on
        """Called for every attempt."""
        asked = urlsplit(url)
        if (
            method.upper() != "GET"
            or asked.netloc not in self._hosts
            or not self._paths.fullmatch(asked.path)
        ):
            raise CollectionError(
                f"{method} {asked.path} is not on the list of calls that only read; it was not made"
            )
        return super().request(method, url, *args, **{**options, "allow_redirects": False})  # type: ignore[no-untyped-call] # google-auth tells no types


class Clients:
    """The clients of a run, made when they are first needed; those of a region go when it is done."""

    def __init__(
        self, credentials: Any, *, endpoint_url: str | None = None, grpc_target: str | None = None
    ) -> None:
        self.credentials, self.endpoint_url, self.grpc_target = (
            credentials,
            endpoint_url,
            grpc_target,
        )
        self.session: Any = ReadingSession(credentials, endpoint_url)
        self._channels: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = Lock()

    def url(self, host: str, path: str) -> str:
        """The address of a REST call."""
        return f"{self.endpoint_url or f'https://{host}'}{path}"

    def assets(self) -> Any:
        """The client of Asset Inventory."""
        from google.cloud.asset_v1 import AssetServiceClient  # noqa: PLC0415 - a second, only for collecting

        return self._client("", AssetServiceClient, _ASSET)

    def vertex(self, service: str, region: str) -> Any:
        """A client of Vertex AI, at the address of a region."""
        from google.cloud import aiplatform_v1  # noqa: PLC0415 - seven seconds, only for collecting

        return self._client(region, getattr(aiplatform_v1, f"{service}Client"), f"{region}-{_AI}")

    def close(self, region: str) -> None:
        """A region has no question left."""
        if not region:
            return
        with self._making:
            for key in [key for key in self._clients if key[0] == region]:
                del self._clients[key]
            for host in [host for host in self._channels if host.startswith(f"{region}-")]:
                self._channels.pop(host).close()

    def close_all(self) -> None:
        """The run is over."""
        with self._making:
            self._clients.clear()
            while self._channels:
                self._channels.popitem()[1].close()
        self.session.close()

    def _client(self, region: str, kind: Any, host: str) -> Any:
        with self._making:
            key = (region, kind.__name__)
            if key not in self._clients:
                transport = kind.get_transport_class("grpc")
                self._clients[key] = kind(
                    transport=transport(channel=self._channel(transport, host))
                )
            return self._clients[key]

    def _channel(self, transport: Any, host: str) -> Any:
        options = [("grpc.max_receive_message_length", _LARGEST), ("grpc.enable_http_proxy", 0)]
        if host not in self._channels:
            if self.grpc_target:
                self._channels[host] = grpc.insecure_channel(self.grpc_target, options=options)
            else:
                self._channels[host] = transport.create_channel(
                    f"{host}:443", credentials=self.credentials, options=options
                )
        return grpc.intercept_channel(self._channels[host], OnlyReads())
