"""One call to Google: every page merged into one list, every failure named; gRPC and REST alike."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import requests
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.protobuf.json_format import MessageToDict

from collectors.asking import Answered, Failure
from collectors.gcp.clients import Clients
from collectors.gcp.reads import Inventory, RestRead, VertexRead
from graph.model import Cancelled, CoverageState, UserError
from graph.progress import CancelCheck, stop_if


class Page(NamedTuple):
    """Some items of a list, and what is left of it."""

    items: list[dict[str, Any]]
    token: str = ""  # of the next page
    missing: str = ""  # the places that did not answer


Turn = Callable[[str], Page]  # token -> page

LONGEST_WAIT = 60.0  # seconds that a server may ask to wait
_GLANCE = 0.2
_PAGES = 10_000  # more pages than this is a server that never ends
_PAGE_SIZE, _ASSETS_A_PAGE = 100, 1000
_DENIED, _TOO_MANY, _FIRST_ERROR, _REDIRECT, _MISSING = 403, 429, 400, 300, 404
_MESSAGE = 300
_AGAIN = {429, 500, 502, 503, 504}
_NO_REGION = (
    "is not supported",
    "not supported in",
    "unsupported location",
    "location is not",
    "not available in",
)


class NoAnswerError(Exception):
    """What came is no answer, or no whole one; `wait` is how long the server asks to wait, None = it is final."""

    def __init__(self, failure: Failure, wait: float | None = None) -> None:
        super().__init__(failure.message)
        self.failure, self.wait = failure, wait


class Caller:
    """Calls with patience: attempts, waits as long as the server asks, until the user cancels."""

    def __init__(self, clients: Clients, *, attempts: int, timeout: float) -> None:
        self.clients, self.attempts, self.timeout = clients, attempts, timeout

    def assets(
        self, read: Inventory, parent: str, types: list[str], cancelled: CancelCheck
    ) -> Answered:
        """All assets of a content type below a scope."""
        from google.cloud.asset_v1 import ContentType, ListAssetsRequest  # noqa: PLC0415 - with the client

        def turn(token: str) -> Page:
            request = ListAssetsRequest(
                parent=parent,
                content_type=getattr(ContentType, read.content),
                asset_types=types if read.content == "RESOURCE" else [],
                page_size=_ASSETS_A_PAGE,
                page_token=token,
            )
            return _grpc_page(self.clients.assets().list_assets, request, self.timeout)

        return self._merged(turn, cancelled)

    def vertex(
        self, read: VertexRead, parent: str, region: str, cancelled: CancelCheck
    ) -> Answered:
        """A list of Vertex AI."""
        from google.cloud import aiplatform_v1  # noqa: PLC0415 - with the client

        def turn(token: str) -> Page:
            request = getattr(aiplatform_v1, read.request)(
                parent=parent, page_size=_PAGE_SIZE, page_token=token
            )
            client = self.clients.vertex(read.client, region)
            return _grpc_page(getattr(client, read.method), request, self.timeout)

        return self._merged(turn, cancelled)

    def rest(self, read: RestRead, value: str, cancelled: CancelCheck) -> Answered:
        """A list or an object of another API."""
        address = self.clients.url(read.host, read.address(value))

        def turn(token: str) -> Page:
            join = "&" if "?" in address else "?"
            url = f"{address}{join}pageToken={token}" if token else address
            return _rest_page(self.clients.session.get(url, timeout=self.timeout), read.items)

        return self._merged(turn, cancelled)

    def _merged(self, turn: Turn, cancelled: CancelCheck) -> Answered:
        """One list from all pages; what was read before a failing page is kept."""
        items: list[dict[str, Any]] | None = None
        missing: list[str] = []
        try:
            for page in self._pages(turn, cancelled):
                items = (items or []) + page.items
                missing += [page.missing] if page.missing else []
                stop_if(cancelled)
        except NoAnswerError as error:
            if items is None:
                return Answered(None, error.failure)
            return Answered({"items": items}, error.failure._replace(state=CoverageState.PARTIAL))
        if missing:
            text = _short(f"not every place answered: {', '.join(missing)}")
            failure = Failure(CoverageState.PARTIAL, "Unreachable", text)
            return Answered({"items": items or []}, failure)
        return Answered({"items": items or []})

    def _pages(self, turn: Turn, cancelled: CancelCheck) -> Iterator[Page]:
        token, seen = "", {""}
        while True:
            page = self._patiently(turn, token, cancelled)
            yield page
            token = page.token
            if not token:
                return
            if token in seen or len(seen) >= _PAGES:
                text = "the pages of the answer repeat or never end"
                raise NoAnswerError(Failure(CoverageState.PARTIAL, "TokenLoop", text))
            seen.add(token)

    def _patiently(self, turn: Turn, token: str, cancelled: CancelCheck) -> Page:
        for attempt in range(1, self.attempts + 1):
            stop_if(cancelled)
            try:
                return _named(turn, token)
            except NoAnswerError as error:
                if error.wait is None or attempt == self.attempts or error.wait > LONGEST_WAIT:
                    raise
                _wait(error.wait or 2.0 ** (attempt - 1), cancelled)
        raise AssertionError  # the last attempt returns or raises


def _wait(seconds: float, cancelled: CancelCheck) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stop_if(cancelled)
        time.sleep(min(left, _GLANCE))


def _named(turn: Turn, token: str) -> Page:
    """A page, or the reason why there is none."""
    try:
        return turn(token)
    except (Cancelled, UserError, NoAnswerError):
        raise
    except exceptions.GoogleAPICallError as error:
        raise _of_status(
            int(error.code or 0), type(error).__name__, error.message, _asked_to_wait(error)
        ) from error
    except (RefreshError, TransportError, GoogleAuthError) as error:
        text = _short(str(error)) or "the credentials are not accepted"
        raise NoAnswerError(Failure(CoverageState.FAILED, "Credentials", text)) from error
    except requests.RequestException as error:
        raise NoAnswerError(
            Failure(CoverageState.FAILED, type(error).__name__, _short(str(error))), 0.0
        ) from error
    except Exception as error:
        text = _short(str(error)) or "the answer cannot be understood"
        raise NoAnswerError(Failure(CoverageState.FAILED, type(error).__name__, text)) from error


def _asked_to_wait(error: Any) -> float:
    """Seconds that the details of a gRPC error ask to wait, 0 where they do not say."""
    for detail in getattr(error, "details", None) or ():
        delay = getattr(detail, "retry_delay", None)
        if delay is not None:
            return float(delay.seconds + delay.nanos / 1e9)
    return 0.0


def _of_status(status: int, code: str, message: str, wait: float) -> NoAnswerError:
    text = _short(message) or "the server said no more"
    if status == _DENIED:
        return NoAnswerError(Failure(CoverageState.DENIED, code, text))
    if status in {_FIRST_ERROR, _MISSING} and any(sign in text.lower() for sign in _NO_REGION):
        return NoAnswerError(Failure(CoverageState.NOT_OFFERED, code, text))
    if status in _AGAIN:
        if wait > LONGEST_WAIT:
            text += f" (it asked to wait {wait:.0f} seconds, which is too long)"
        return NoAnswerError(Failure(CoverageState.FAILED, code, text), wait)
    return NoAnswerError(Failure(CoverageState.FAILED, code, text))


def _short(text: str) -> str:
    return " ".join(text.split())[:_MESSAGE]


def _grpc_page(method: Callable[..., Any], request: Any, timeout: float) -> Page:
    """One page through the SDK: its pager would ask for the next by itself."""
    pager = method(request=request, retry=None, timeout=timeout)
    page = next(iter(pager.pages))
    message = type(page).pb(page)
    found = [field for field, _ in message.ListFields() if field.is_repeated and field.message_type]
    items = getattr(message, found[0].name) if found else ()
    return Page([MessageToDict(item) for item in items], str(page.next_page_token))


def _rest_page(response: Any, items: str) -> Page:
    """One page of JSON that came with a good status."""
    body = _decoded(response.content)
    if response.status_code >= _FIRST_ERROR:
        raise _refusal(response, body or {})
    if response.status_code >= _REDIRECT:
        text = "the server sends on to another address, which is not followed"
        raise _failed(CoverageState.FAILED, f"Redirect{response.status_code}", text)
    if body is None:
        raise _failed(
            CoverageState.FAILED, "NoAnswer", "the answer is not a JSON object, or cut off"
        )
    if not items and not isinstance(body.get("name"), str):
        raise _failed(CoverageState.PARTIAL, "IncompleteAnswer", "the answer holds no name")
    return _listed(body, items) if items else Page([body])


def _listed(body: dict[str, Any], items: str) -> Page:
    found, token = body.get(items, []), body.get("nextPageToken", "")
    objects = isinstance(found, list) and all(isinstance(one, dict) for one in found)
    if not objects or not isinstance(token, str):
        text = f"the answer holds no list {items!r} of objects"
        raise _failed(CoverageState.PARTIAL, "IncompleteAnswer", text)
    missing = body.get("unreachable") or ()
    return Page(found, token, ", ".join(map(str, missing)) if isinstance(missing, list) else "")


def _failed(state: CoverageState, code: str, message: str) -> NoAnswerError:
    return NoAnswerError(Failure(state, code, message))


def _refusal(response: Any, body: dict[str, Any]) -> NoAnswerError:
    """What an error answer says."""
    told = body.get("error")
    told = told if isinstance(told, dict) else {}
    code = str(told.get("status") or response.status_code)
    wait = response.headers.get("Retry-After", "")
    seconds = float(wait) if wait.isdigit() else 0.0
    return _of_status(response.status_code, code, str(told.get("message") or ""), seconds)


def _decoded(content: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None
