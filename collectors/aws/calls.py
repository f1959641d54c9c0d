"""One call to AWS: every page merged into one answer, every failure named."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graph.model import CoverageState

_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
     "AuthorizationErrorException", "UnauthorizedAccess", "403"}
)  # fmt: skip
_NOT_IN_USE = frozenset({"AWSOrganizationsNotInUseException", "UnknownOperationException"})
_TOKENS = {
    "NextToken": "NextToken",
    "nextToken": "nextToken",
    "NextMarker": "Marker",
    "Marker": "Marker",
}
_MESSAGE = 300  # characters kept of an error message
_PAGES = 10_000  # more pages than this is a server that never ends


class Failure(NamedTuple):
    """Why an answer is missing or not whole."""

    state: CoverageState
    code: str
    message: str


class Answered(NamedTuple):
    """What came back: the merged body, and what is wrong with it, if anything."""

    body: dict[str, Any] | None
    failure: Failure | None = None


def call(client: Any, operation: str, params: Mapping[str, Any]) -> Answered:
    """Make a call and follow its pages; what was read before a failing page is kept."""
    body: dict[str, Any] | None = None
    try:
        for page in _pages(client, operation, dict(params)):
            body = _merge(body, page)
    except Exception as error:
        failure = _failure(error)
        if failure is None:
            raise
        if body is None:
            return Answered(None, failure)
        partial = failure._replace(state=CoverageState.PARTIAL)
        return Answered(plain(body), partial)
    return _checked(client, operation, body or {})


def _pages(client: Any, operation: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    import botocore  # noqa: PLC0415 - only for collecting

    method = botocore.xform_name(operation)
    if client.can_paginate(method):
        yield from client.get_paginator(method).paginate(**params)
        return
    accepted = _members(client.meta.service_model.operation_model(operation).input_shape)
    seen: set[str] = set()
    for _ in range(_PAGES):
        page = getattr(client, method)(**params)
        yield page
        name = next((key for key in _TOKENS if page.get(key)), None)
        if name is None or _TOKENS[name] not in accepted:
            return
        token = page[name]
        if token in seen:
            raise TokenLoopError
        seen.add(token)
        params[_TOKENS[name]] = token
    raise TokenLoopError


class TokenLoopError(Exception):
    """The server gave the same page token twice, or never stops giving them."""


def _members(shape: Any) -> Mapping[str, Any]:
    return shape.members if shape is not None else {}


def _merge(body: dict[str, Any] | None, page: dict[str, Any]) -> dict[str, Any]:
    """Lists grow, everything else is as the first page says; tokens are not part of the answer."""
    merged = body if body is not None else {}
    for key, value in page.items():
        if key == "ResponseMetadata" or key in _TOKENS or key == "IsTruncated":
            continue
        if isinstance(value, list) and isinstance(merged.get(key), list):
            merged[key] = merged[key] + value
        else:
            merged.setdefault(key, value)
    return merged


def _checked(client: Any, operation: str, body: dict[str, Any]) -> Answered:
    """A list call whose answer names none of its lists was not answered properly."""
    shape = client.meta.service_model.operation_model(operation).output_shape
    lists = [name for name, item in _members(shape).items() if item.type_name == "list"]
    is_list = operation.startswith(("List", "Describe")) and lists
    if is_list and not any(name in body for name in lists):
        reason = f"the answer holds none of {', '.join(lists)}"
        return Answered(plain(body), Failure(CoverageState.PARTIAL, "IncompleteAnswer", reason))
    return Answered(plain(body))


def _failure(error: Exception) -> Failure | None:
    """The failure that an error of the SDK stands for; None for anything else."""
    from botocore import exceptions as sdk  # noqa: PLC0415 - only for collecting
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - only when it is asked for

    if isinstance(error, sdk.ClientError):
        told = error.response.get("Error", {})
        return _of_code(str(told.get("Code", "")), str(told.get("Message", "")))
    if isinstance(error, sdk.EndpointConnectionError) and _is_unknown_host(error):
        return Failure(
            CoverageState.NOT_OFFERED, "NoSuchHost", "the service has no address in this region"
        )
    if isinstance(error, (TokenLoopError, sdk.PaginationError)):
        return Failure(CoverageState.PARTIAL, "TokenLoop", "the server repeats its page token")
    if isinstance(error, (sdk.BotoCoreError, ResponseParserError)):
        return Failure(CoverageState.FAILED, type(error).__name__, str(error)[:_MESSAGE])
    return None


def _of_code(code: str, message: str) -> Failure:
    shown = " ".join(message.split())[:_MESSAGE]
    if code in _DENIED:
        return Failure(CoverageState.DENIED, code, shown)
    if code in _NOT_IN_USE:
        return Failure(CoverageState.NOT_OFFERED, code, shown)
    return Failure(CoverageState.FAILED, code, shown)


def _is_unknown_host(error: Exception) -> bool:
    """DNS said no; the caller has proved before that names are resolved at all."""
    text = str(error.__context__ or "") + str(error.__cause__ or "") + repr(vars(error))
    return any(
        sign in text
        for sign in ("NameResolutionError", "Failed to resolve", "Name or service not known")
    )


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
