"""One call to Azure: every page merged into one answer, every failure named."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec
from azure.core.exceptions import HttpResponseError, ServiceRequestError
from azure.core.rest import HttpRequest
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

from collectors.asking import Answered, Failure
from collectors.azure.pipeline import LONGEST_WAIT, Planes, Refused, origin_of
from collectors.azure.reads import AzureRead, Query
from graph.model import Cancelled, CoverageState
from graph.progress import CancelCheck, stop_if

Page = dict[str, Any]
Turn = Callable[[str, Page], str]  # (address, page) -> the address of the next, or ""
_UNREGISTERED = frozenset({"MissingSubscriptionRegistration", "SubscriptionNotRegistered"})
_NO_SUCH_NAME = (  # what Linux, macOS and Windows say
    "Name or service not known",
    "nodename nor servname provided",
    "No address associated with hostname",
    "getaddrinfo failed",
)
_REDIRECT, _FIRST_ERROR, _DENIED = 300, 400, 403  # HTTP status
_MESSAGE = 300  # characters kept of an error message
_PAGES = 10_000  # more pages than this is a server that never ends
_ROWS = 1000  # the most that Resource Graph gives at a time
_TOKENS = frozenset(
    {"nextLink", "@odata.nextLink", "$skipToken", "has_more", "first_id", "last_id", "resultTruncated", "count"}
)  # fmt: skip


class NoAnswerError(Exception):
    """What came is no answer, or no whole one."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def fetch(
    planes: Planes, read: AzureRead, subscription: str, item_id: str, cancelled: CancelCheck
) -> Answered:
    """Ask for a read and follow its pages; what was read before a failing page is kept.

    Whatever goes wrong is a Failure, also an address that the pipeline refuses; only Cancelled is raised.
    """
    try:
        base = planes.base(read.plane, read.account(item_id))
    except Refused as error:
        return Answered(None, _failure(error))
    client = planes.get(read.plane)
    pages = _turned(
        partial(_get, client, planes.options),
        base + read.address(subscription, item_id),
        _after if read.plane == "foundry" else _link,
    )
    answer = _merged(pages, _list_of(read), cancelled)
    if read.plane == "foundry" and answer.body is not None:  # one spelling for every list
        answer = answer._replace(body={"value": answer.body["data"]})
    failure = answer.failure
    if failure and failure.code in read.unlicensed | _UNREGISTERED:
        return answer._replace(failure=failure._replace(state=CoverageState.NOT_OFFERED))
    return answer


def ask_resource_graph(
    planes: Planes, query: Query, subscriptions: list[str], cancelled: CancelCheck
) -> Answered:
    """All rows of a query over some subscriptions; they come as `data`."""
    answer = _merged(_query_pages(planes, query, subscriptions), "data", cancelled)
    body = answer.body or {}
    told, rows = body.get("totalRecords"), body.get("data")
    if not answer.failure and isinstance(rows, list) and isinstance(told, int) and told > len(rows):
        text = f"Resource Graph told of {told} rows and gave {len(rows)}"
        return answer._replace(failure=Failure(CoverageState.PARTIAL, "CutOff", text))
    return answer


def _list_of(read: AzureRead) -> str:
    """The member that holds the items, "" for a single object."""
    return "" if read.one else "data" if read.plane == "foundry" else "value"


# --- pages


def _turned(get: Callable[[str], Page], url: str, turn: Turn) -> Iterator[Page]:
    """Every page; NoAnswerError where they do not end, or lead away from the list."""
    own, seen = _place(url), {url}
    while url:
        page = get(url)
        yield page
        url = urljoin(url, found) if (found := turn(url, page)) else ""
        if url in seen or len(seen) >= _PAGES:
            raise _partial("TokenLoop", "the pages of the answer repeat or never end")
        if url and _place(url) != own:
            raise _partial(
                "ForeignPage", "the next page lies at another address, which is not asked"
            )
        seen.add(url)


def _place(url: str) -> tuple[str, str]:
    """Server and path, by which pages of one list are alike."""
    return origin_of(url), unquote(urlsplit(url).path).lower()


def _link(_: str, page: Page) -> str:
    found = page.get("nextLink") or page.get("@odata.nextLink")
    doubled, plain = "//subscriptions/", "/subscriptions/"  # some providers write it so
    return found.replace(doubled, plain) if isinstance(found, str) else ""


def _after(url: str, page: Page) -> str:
    """Foundry pages by the last id of the page before."""
    if page.get("has_more") is not True:
        return ""
    if not isinstance(page.get("last_id"), str):
        raise _partial("CutOff", "there is more, but the answer names no next page")
    return f"{url.partition('&after=')[0]}&after={quote(page['last_id'], safe='')}"


def _query_pages(planes: Planes, query: Query, subscriptions: list[str]) -> Iterator[Page]:
    client, token, seen = planes.get("queries"), None, {""}
    while True:
        options = QueryRequestOptions(result_format="objectArray", skip_token=token, top=_ROWS)
        request = QueryRequest(query=query.text(), subscriptions=subscriptions, options=options)
        page = client.resources(
            request, cls=lambda response, *_: _page(response.http_response), **planes.options
        )
        yield page
        token = page.get("$skipToken")
        if not token and str(page.get("resultTruncated")).lower() == "true":
            raise _partial("CutOff", "there is more, but the answer names no next page")
        if not token:
            return
        if token in seen or len(seen) >= _PAGES:
            raise _partial("TokenLoop", "the pages of the answer repeat or never end")
        seen.add(token)


def _partial(code: str, message: str) -> NoAnswerError:
    return NoAnswerError(Failure(CoverageState.PARTIAL, code, message))


def _merged(pages: Iterator[Page], items: str, cancelled: CancelCheck) -> Answered:
    """One body from all pages; the items grow, everything else is as the first page says."""
    body: Page | None = None
    try:
        for page in pages:
            checked = _checked(page, items)
            if body is None:
                body = {name: value for name, value in checked.items() if name not in _TOKENS}
            elif items:
                body[items] += checked[items]
            stop_if(cancelled)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - an answer of the wrong form breaks the SDK's parsers in any way
        failure = _failure(error)
        if body is None:
            return Answered(None, failure)
        return Answered(body, failure._replace(state=CoverageState.PARTIAL))
    return Answered(body or {})


def _checked(page: Page, items: str) -> Page:
    found = page.get(items) if items else page.get("id")
    if items and not (isinstance(found, list) and all(isinstance(item, dict) for item in found)):
        raise _partial("IncompleteAnswer", f"the answer holds no list {items!r} of objects")
    if not items and not isinstance(found, str):
        raise _partial("IncompleteAnswer", "the answer holds no id")
    return page


# --- one page


def _get(client: Any, options: Mapping[str, Any], url: str) -> Page:
    return _page(client.send_request(HttpRequest("GET", url), **options))


def _page(response: Any) -> Page:
    """The JSON object that came with a good status."""
    status = response.status_code
    if status >= _FIRST_ERROR:
        raise NoAnswerError(_refusal(response))
    if status >= _REDIRECT:
        text = "the server sends on to another address, which is not followed"
        raise NoAnswerError(Failure(CoverageState.FAILED, f"Redirect{status}", text))
    found = _decoded(response)
    if found is None:
        look = response.content[:_MESSAGE].lstrip().lower()
        text = "the answer is not a JSON object, or cut off"
        if not look:
            text = "the answer has no body"
        elif look.startswith((b"<html", b"<!doctype html")):
            text = "the server answered with a web page"
        raise NoAnswerError(Failure(CoverageState.FAILED, "NoAnswer", text))
    return found


def _decoded(response: Any) -> Page | None:
    """Strictly: a number that is none, half a character or too deep a nest is no answer."""
    try:
        found = msgspec.json.decode(response.content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None


def _refusal(response: Any) -> Failure:
    """What an error answer says; ARM and Microsoft Graph spell it alike."""
    body = _decoded(response) or {}
    told = body.get("error")
    told = told if isinstance(told, dict) else {}
    code = str(told.get("code") or body.get("code") or response.status_code)
    message = " ".join(str(told.get("message") or body.get("message") or "").split())[:_MESSAGE]
    if not message:
        page = response.content[:_MESSAGE].lstrip().lower().startswith((b"<html", b"<!doctype"))
        message = "the server answered with a web page" if page else "the server said no more"
    wait = response.headers.get("Retry-After", "")
    if wait.isdigit() and int(wait) > LONGEST_WAIT:
        message += f" (it asked to wait {wait} seconds, which is too long)"
    state = CoverageState.DENIED if response.status_code == _DENIED else CoverageState.FAILED
    return Failure(state, code, message)


def _failure(error: Exception) -> Failure:
    """What an error stands for."""
    if isinstance(error, NoAnswerError):
        return error.failure
    response = error.response if isinstance(error, HttpResponseError) else None
    if response is not None and (response.status_code or 0) >= _FIRST_ERROR:
        return _refusal(response)
    text = " ".join(str(error).split())[:_MESSAGE]
    if isinstance(error, ServiceRequestError) and any(sign in text for sign in _NO_SUCH_NAME):
        return Failure(CoverageState.FAILED, "NoSuchHost", "the server cannot be found")
    return Failure(
        CoverageState.FAILED, type(error).__name__, text or "the answer cannot be understood"
    )
