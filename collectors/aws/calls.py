"""One call to AWS: every page merged into one answer, every failure named."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.asking import Answered, Failure
from graph.model import Cancelled, CoverageState, UserError
from graph.progress import CancelCheck, never, stop_if

_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
     "AuthorizationErrorException", "UnauthorizedAccess", "Forbidden", "403"}
)  # fmt: skip
_NOT_IN_USE = frozenset({"AWSOrganizationsNotInUseException", "UnknownOperationException"})
_TOKENS = {  # what an answer calls its page token -> the parameter that takes it
    "NextToken": "NextToken",
    "nextToken": "nextToken",
    "NextMarker": "Marker",
    "Marker": "Marker",
    "ContinuationToken": "ContinuationToken",
    "LastEvaluatedTableName": "ExclusiveStartTableName",
}
_NO_SUCH_NAME = (  # what Linux, macOS and Windows say
    "Name or service not known",
    "nodename nor servname provided",
    "No address associated with hostname",
    "getaddrinfo failed",
)
_MORE = ("IsTruncated", "Truncated")
_NO_ANSWER = {*_TOKENS, *_MORE, "ResponseMetadata"}
_MESSAGE = 300  # characters kept of an error message
_FIRST_ERROR = 300  # HTTP status
_LOOK = 100  # bytes at the start of an answer
_PAGES = 10_000  # more pages than this is a server that never ends


class TokenLoopError(Exception):
    """The server gives a page token again, or never stops giving them."""


class CutOffError(Exception):
    """The server says that there is more, and not how to get it."""


class NoAnswerError(Exception):
    """What came with a good status is no answer of the API; the SDK would take it for an empty one."""


def check_answer(response_dict: Mapping[str, Any], operation_model: Any, **_: Any) -> None:
    """Refuse a body that is cut off or not in the API's language; for the SDK's event before-parse."""
    body = response_dict["body"]
    if response_dict["status_code"] >= _FIRST_ERROR or not isinstance(body, bytes):
        return
    told = response_dict["headers"].get("content-length", "")
    encoded = response_dict["headers"].get("content-encoding")
    if told.isdigit() and len(body) < int(told) and not encoded:
        raise NoAnswerError(f"the answer was cut off: {len(body)} of {told} bytes came")
    if not _has_body(operation_model):
        return
    start = body[:_LOOK].lstrip().lower()
    if not start:
        raise NoAnswerError("the answer has no body")
    if start.startswith((b"<html", b"<!doctype html")):
        raise NoAnswerError("the server answered with a web page")
    if "json" in operation_model.service_model.resolved_protocol and not _is_object(body):
        raise NoAnswerError("the answer is not a JSON object, or cut off")


def _has_body(operation_model: Any) -> bool:
    members = _members(operation_model.output_shape).values()
    return any("location" not in item.serialization for item in members)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def call(
    client: Any,
    operation: str,
    params: Mapping[str, Any],
    *,
    may_be_empty: bool = False,
    cancelled: CancelCheck = never,
) -> Answered:
    """Make a call and follow its pages; what was read before a failing page is kept.

    Whatever goes wrong is a Failure, also an answer that the SDK cannot make sense of; only Cancelled and the
    refusal of an operation that is not allowed are raised. `may_be_empty`: an answer without any member is one.
    """
    body: dict[str, Any] | None = None
    try:
        for page in _pages(client, operation, dict(params)):
            body = _merge(body, page)
            stop_if(cancelled)
    except (Cancelled, UserError):
        raise
    except Exception as error:  # noqa: BLE001 - an answer of the wrong form breaks the SDK's parsers in any way
        failure = _failure(error)
        if body is None:
            return Answered(None, failure)
        return Answered(plain(body), failure._replace(state=CoverageState.PARTIAL))
    return _checked(client, operation, body or {}, may_be_empty=may_be_empty)


def _pages(client: Any, operation: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every page; TokenLoopError where they do not end, CutOffError where they end too soon."""
    seen: set[str] = set()
    page: dict[str, Any] = {}
    for number, page in enumerate(_turned(client, operation, params), 1):
        yield page
        tokens = {str(page[name]) for name in _TOKENS if page.get(name)}
        if number == _PAGES or tokens & seen:
            raise TokenLoopError
        seen |= tokens
    if any(page.get(name) is True for name in _MORE):
        raise CutOffError


def _turned(client: Any, operation: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Pages by the SDK's paginator; by hand where it has none although the answer carries a token."""
    import botocore  # noqa: PLC0415 - only for collecting

    method = botocore.xform_name(operation)
    if client.can_paginate(method):
        yield from client.get_paginator(method).paginate(**params)
        return
    accepted = _members(client.meta.service_model.operation_model(operation).input_shape)
    while True:
        page = getattr(client, method)(**params)
        yield page
        name = next((key for key in _TOKENS if page.get(key)), None)
        if name is None or _TOKENS[name] not in accepted:
            return
        params[_TOKENS[name]] = page[name]


def _members(shape: Any) -> Mapping[str, Any]:
    return shape.members if shape is not None else {}


def _merge(body: dict[str, Any] | None, page: dict[str, Any]) -> dict[str, Any]:
    """Lists grow, everything else is as the first page says; tokens are not part of the answer."""
    merged = body if body is not None else {}
    for key, value in page.items():
        if key in _NO_ANSWER:
            continue
        if isinstance(value, list) and isinstance(merged.get(key), list):
            merged[key] += value
        else:
            merged.setdefault(key, value)
    return merged


def _checked(client: Any, operation: str, body: dict[str, Any], *, may_be_empty: bool) -> Answered:
    """An answer that holds nothing that the API promises was not answered properly."""
    members = _members(client.meta.service_model.operation_model(operation).output_shape)
    told = {name for name, shape in members.items() if _holds(body.get(name), shape)}
    lists = {name for name, item in members.items() if item.type_name == "list"}
    nothing_else = operation.startswith("List") or not set(members) - lists - _NO_ANSWER
    reason = ""
    if not told and not may_be_empty:
        reason = "the answer is empty"
    elif lists and nothing_else and not lists & told:
        reason = f"the answer holds none of {', '.join(sorted(lists))}"
    failure = Failure(CoverageState.PARTIAL, "IncompleteAnswer", reason) if reason else None
    return Answered(plain(body), failure)


def _holds(value: Any, shape: Any) -> bool:
    """Whether a member says anything; an empty list or map does, an empty object does not."""
    return value not in (None, "") and not (shape.type_name == "structure" and not value)


def _failure(error: Exception) -> Failure:
    """What an error stands for."""
    from botocore import exceptions as sdk  # noqa: PLC0415 - only for collecting

    if isinstance(error, sdk.ClientError):
        told = error.response.get("Error", {})
        return _of_code(str(told.get("Code", "")), str(told.get("Message", "")))
    if isinstance(error, sdk.EndpointConnectionError) and _is_unknown_host(error):
        return Failure(
            CoverageState.NOT_OFFERED, "NoSuchHost", "the service has no address in this region"
        )
    if isinstance(error, (TokenLoopError, sdk.PaginationError)):
        return Failure(
            CoverageState.PARTIAL, "TokenLoop", "the pages of the answer repeat or never end"
        )
    if isinstance(error, CutOffError):
        return Failure(
            CoverageState.PARTIAL, "CutOff", "there is more, but the answer names no next page"
        )
    kind, text = type(error).__name__, " ".join(str(error).split())
    return Failure(CoverageState.FAILED, kind, text[:_MESSAGE] or "the answer cannot be understood")


def _of_code(code: str, message: str) -> Failure:
    shown = " ".join(message.split())[:_MESSAGE]
    if shown.startswith("<"):
        shown = "the server answered with a web page"
    if code in _DENIED:
        return Failure(CoverageState.DENIED, code, shown)
    if code in _NOT_IN_USE:
        return Failure(CoverageState.NOT_OFFERED, code, shown)
    return Failure(CoverageState.FAILED, code, shown)


def _is_unknown_host(error: Exception) -> bool:
    """The resolver said that there is no such name: not that it could not be asked just now."""
    text = str(error.__context__ or "") + str(error.__cause__ or "") + repr(vars(error))
    return any(sign in text for sign in _NO_SUCH_NAME)


def plain(value: Any) -> Any:
    """JSON values only: times as ISO 8601 UTC, bytes never."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)) or hasattr(value, "read"):
        return {"redacted": "binary content"}
    return value
