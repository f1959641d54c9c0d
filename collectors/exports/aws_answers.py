"""Saved `aws <service> <operation>` answers and errors, account details (GAAD) among them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.exports.draft import Draft, Gap
from collectors.exports.places import Place, named_place, told_place
from collectors.exports.questions import question
from collectors.exports.recognise import PAGING, Operation, named_by, operations, recognise
from collectors.normalise import normalise
from graph.model import CoverageState, ImportFileError, RecordError

GAAD = "iam:GetAccountAuthorizationDetails"
_SPOKEN_ERROR = re.compile(
    r"An error occurred \((?P<code>[\w.:-]+)\)[^:]*? when calling the (?P<api>\w+) operation[^:]*: ?(?P<message>.*)"
)
_DENIED = re.compile(
    r"AccessDenied|Unauthori[sz]ed|Forbidden|NotAuthorized|AuthorizationError|OptInRequired|^403$"
)
_LISTS = {
    "UserDetailList": "users",
    "GroupDetailList": "groups",
    "RoleDetailList": "roles",
    "Policies": "policies",
}


def spoken_error(text: str, label: str, parts: tuple[str, ...]) -> Draft | None:
    """The draft of an error that the command line printed into a file."""
    found = _SPOKEN_ERROR.search(text)
    if not found:
        return None
    error = RecordError(code=found["code"], message=found["message"].strip())
    return _failed(error, _of_api(found["api"], parts), label, parts)


def answer(body: Mapping[str, Any], label: str, parts: tuple[str, ...]) -> Draft:
    """The draft of one saved answer, whatever wraps it."""
    body, status = _unwrapped(body)
    error = _saved_error(body, status)
    if error:
        return _failed(error, named_by(parts), label, parts)
    body = normalise("", body)
    found = recognise(body, parts)
    if found.operation:
        return _answered(found.operation, body, parts, instead_of=found.between)
    if not set(body) - PAGING:
        raise ImportFileError(
            f"{label}: an empty answer; name the file after the operation, such as"
            " s3api_get-bucket-logging_<bucket>.json"
        )
    if found.between:
        names = " or ".join(_as_file(name) for name in found.between[:4])
        raise ImportFileError(
            f"{label}: its content does not tell which answer this is; name the file {names}"
        )
    raise ImportFileError(
        f"{label}: not an export that Modelhound knows (its keys are {_keys(body)});"
        " choose what a cloud's tool wrote, as it wrote it"
    )


def _answered(
    operation: Operation,
    body: Mapping[str, Any],
    parts: tuple[str, ...],
    *,
    instead_of: Sequence[str],
) -> Draft:
    named, told = named_place(parts), told_place(body, operation.arn_service)
    params, missing = question(operation, body, parts, named.account or told.account)
    state, reason = CoverageState.COMPLETE, ""
    if instead_of:
        state = CoverageState.PARTIAL
        reason = (
            f"taken for {operation.name} though {' and '.join(instead_of)} would answer alike;"
            f" name the file {_as_file(operation.name)} if it is that"
        )
    if missing:
        state = CoverageState.PARTIAL
        reason = (
            f"the file does not say which {' and '.join(missing)} it is about;"
            f" name it {operation.cli}_<{'>_<'.join(missing)}>.json"
        )
    if _cut_off(body):
        state, reason = CoverageState.PARTIAL, "the list was saved before its last page"
    left_out, gaps = _details_gaps(body) if operation.name == GAAD else ("", ())
    if left_out and not reason:
        state, reason = CoverageState.PARTIAL, left_out
    return Draft(
        source="gaad" if operation.name == GAAD else "aws-cli",
        operation=operation.name,
        provider="aws",
        regional=operation.scope == "region",
        folder=parts[:-1],
        named=named,
        told=told,
        params=params if not missing else {},
        body=body,
        state=state,
        reason=reason,
        gaps=gaps,
    )


def _failed(
    error: RecordError, candidates: list[Operation], label: str, parts: tuple[str, ...]
) -> Draft:
    candidates = [o for o in candidates if error.code in o.absent] or candidates
    if len(candidates) != 1:
        raise ImportFileError(
            f"{label}: a saved error ({error.code}) that does not say of which call;"
            " name the file after the operation, such as get-bucket-policy_<bucket>.json"
        )
    operation = candidates[0]
    if error.code in operation.absent:
        state, reason = CoverageState.COMPLETE, ""
    else:
        denied = _DENIED.search(error.code)
        state = CoverageState.DENIED if denied else CoverageState.FAILED
        reason = f"{error.code}: {error.message}".rstrip(": ")
    params, missing = question(operation, {}, parts, named_place(parts).account)
    return Draft(
        source="aws-cli",
        operation=operation.name,
        provider="aws",
        regional=operation.scope == "region",
        folder=parts[:-1],
        named=named_place(parts),
        told=Place(),
        params=params if not missing else {},
        error=error,
        state=state,
        reason=reason,
    )


def _of_api(api: str, parts: Sequence[str]) -> list[Operation]:
    """Operations of this API name; the path decides between services."""
    found = [o for o in operations().values() if o.name.endswith(f":{api}")]
    both = [o for o in named_by(parts) if o in found]
    return both or found


def _unwrapped(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
    """Recordings wrap an answer as {"status_code", "data"}."""
    status = body.get("status_code")
    if isinstance(status, int) and isinstance(body.get("data"), dict):
        return body["data"], status
    return body, 200


def _saved_error(body: Mapping[str, Any], status: int) -> RecordError | None:
    error = body.get("Error") or body.get("error")
    if isinstance(error, dict) and set(body) <= {"Error", "error", "ResponseMetadata", "RequestId"}:
        code, message = error.get("Code") or error.get("code"), error.get("Message", "")
        return RecordError(code=str(code), message=str(message or error.get("message", "")))
    kind = body.get("__type") or body.get("code")
    if kind and set(body) <= {"__type", "code", "message", "Message"}:
        message = body.get("message") or body.get("Message") or ""
        return RecordError(code=str(kind).rpartition("#")[2], message=str(message))
    return RecordError(code=str(status)) if status >= 400 else None  # noqa: PLR2004 - HTTP


def _cut_off(body: Mapping[str, Any]) -> bool:
    if body.get("IsTruncated") or body.get("Truncated"):
        return True
    tokens = PAGING - {"IsTruncated", "Truncated", "MaxResults", "TotalCount", "ResponseMetadata"}
    if "IsTruncated" in body:  # Marker alone then repeats the question
        tokens -= {"Marker"}
    return any(body.get(token) for token in tokens)


def _details_gaps(body: Mapping[str, Any]) -> tuple[str, tuple[Gap, ...]]:
    """What account details leave out: whole lists (--filter), groups, documents of policies."""
    lists = {key: body.get(key) or [] for key in _LISTS}
    known = {item.get("Arn") for items in lists.values() for item in items}
    attached = {arn for items in lists.values() for item in items for arn in _attached(item)}
    groups = {name for user in lists["UserDetailList"] for name in user.get("GroupList") or ()}
    here = {group.get("GroupName") for group in lists["GroupDetailList"]}
    missing = attached - known
    by_aws = sorted(arn for arn in missing if ":iam::aws:policy/" in arn)
    own = sorted(missing - set(by_aws))
    said = [f"no {_LISTS[key]}" for key in ("UserDetailList", "RoleDetailList") if not lists[key]]
    said += [f"group {name}" for name in sorted(groups - here)[:3]]
    said += [f"policy {arn}" for arn in own[:3]]
    reason = f"filtered or cut off: {', '.join(said)} named or expected but not in it"
    gaps = tuple(
        Gap(
            operation="iam:GetPolicyVersion",
            state=CoverageState.PARTIAL,
            reason="attached, but its document is not in the file",
            params={"PolicyArn": arn},
        )
        for arn in (*by_aws, *own)
    )
    return (reason if said else ""), gaps


def _attached(item: Mapping[str, Any]) -> Iterator[str]:
    for policy in item.get("AttachedManagedPolicies") or ():
        if policy.get("PolicyArn"):
            yield policy["PolicyArn"]
    boundary = item.get("PermissionsBoundary") or {}
    if boundary.get("PermissionsBoundaryArn"):
        yield boundary["PermissionsBoundaryArn"]


def _as_file(name: str) -> str:
    operation = operations()[name]
    return f"{operation.client}_{operation.cli}.json"


def _keys(body: Mapping[str, Any]) -> str:
    shown = ", ".join(repr(key)[1:-1][:30] for key in sorted(body)[:5])
    return shown + (", …" if len(body) > 5 else "") if body else "none"  # noqa: PLR2004 - five are shown
