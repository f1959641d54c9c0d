"""What-if cases: one request, and every policy that may speak to it, in one JSON object.

Documents that recur from case to case are compiled once: what is compiled is kept by the bytes it was written in.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from graph.permissions.aws.context import Context
from graph.permissions.aws.decide import Decision, Layers, Request, decide
from graph.permissions.aws.document import Policy, Sort, compile_policy
from graph.permissions.aws.principals import ANONYMOUS, Principal, principal
from graph.permissions.question import Answer, error, sentence

MAX_TEXT = 8_192  # characters of a principal, an action, a resource; AWS's ARNs have at most 2,048
MAX_VALUE = 65_536  # characters of one value of the context
_KEPT, _KEPT_BYTES = 4_096, 65_536  # documents, and the size above which one is not kept
_ACCOUNT_DIGITS = 12
Levels = tuple[tuple[Policy, ...], ...]
_NULL = msgspec.Raw(b"null")


class Case(msgspec.Struct, rename="camel"):
    """One line. Everything but the id is decoded when it is needed, so that an answer can always name its question."""

    id: Any = None
    principal: Any = None
    action: Any = None
    resource: Any = None
    resource_account: Any = None
    context: Any = None
    identity_policies: msgspec.Raw = _NULL
    resource_policy: msgspec.Raw = _NULL
    permission_boundary: msgspec.Raw = _NULL
    session_policy: msgspec.Raw = _NULL
    scps: msgspec.Raw = _NULL
    rcps: msgspec.Raw = _NULL
    vpc_endpoint_policies: msgspec.Raw = _NULL
    s3_block_public_access: Any = None


_decode_case = msgspec.json.Decoder(Case).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_policies: dict[tuple[str, bytes], Policy] = {}
_lists: dict[tuple[str, bytes], tuple[Policy, ...]] = {}
T = TypeVar("T")


def answer_case(line: bytes) -> Answer:
    """The answer to one line; its context is the whole context. What cannot be read is answered with an Error."""
    case = _decode_case(line)
    try:
        return _answer(case, is_long=len(line) > MAX_VALUE)
    except (ValueError, TypeError, RecursionError, msgspec.MsgspecError) as problem:
        return error(case.id, sentence(problem))


def _answer(case: Case, *, is_long: bool) -> Answer:
    request = _request(case)
    if is_long:
        _check_values(request.context)
    decision = decide(request, _layers(case, request.principal))
    return answer_of(case.id, decision)


def answer_of(question_id: Any, decision: Decision) -> Answer:
    """A decision in the shape that clouds share."""
    return Answer(
        id=question_id,
        decision=decision.decision,
        layer=decision.layer,
        statement=decision.statement,
        reason=decision.reason,
    )


def caller_of(text: object) -> Principal:
    """The principal of a question. Raises ValueError for what cannot be one."""
    return _caller(_text("principal", text))


@lru_cache(maxsize=16_384)
def _caller(arn: str) -> Principal:
    found = principal(arn)
    is_known = found.parts or found.is_service or arn == ANONYMOUS
    is_provider = found.is_provider and "." in arn and not arn.startswith("arn:")
    if not (is_known or is_provider) or " " in arn:
        raise ValueError(f"{arn[:80]!r} is neither the ARN of a principal nor {ANONYMOUS!r}")
    return found


def action_of(text: object) -> str:
    """The action of a question. Raises ValueError for what is none."""
    found = _text("action", text)
    service, colon, name = found.partition(":")
    if not (service and colon and name) or "*" in found or "?" in found:
        raise ValueError(f"{found[:80]!r} is not one action, such as 's3:GetObject'")
    return found


def resource_of(text: object) -> str:
    """The resource of a question. Raises ValueError for what is none."""
    found = _text("resource", text)
    if found != "*" and len(found.split(":", 5)) != 6:  # noqa: PLR2004 - the parts of an ARN
        raise ValueError(f"{found[:80]!r} is neither an ARN nor '*'")
    return found


def owner_of(resource: str) -> str:
    """The account that an ARN names, or ""."""
    account = resource.split(":", 5)[4] if resource.count(":") > 4 else ""  # noqa: PLR2004 - an ARN's account
    return account if _is_account(account) else ""


def _is_account(text: str) -> bool:
    return len(text) == _ACCOUNT_DIGITS and text.isdigit()


def _request(case: Case) -> Request:
    resource = resource_of(case.resource)
    given = case.context if case.context is not None else {}
    if not isinstance(given, Mapping):
        raise TypeError("'context' is not an object")
    account = case.resource_account
    if account is not None and not isinstance(account, str):
        raise TypeError("'resourceAccount' is not a text")
    if account and not _is_account(account):
        raise ValueError(f"'resourceAccount' {account[:80]!r} is no account number of 12 digits")
    return Request(
        principal=caller_of(case.principal),
        action=action_of(case.action),
        resource=resource,
        resource_account=account or owner_of(resource),
        context=Context.of(given, whole=True),
    )


def _check_values(context: Context) -> None:
    for key, values in context.values.items():
        if any(len(value) > MAX_VALUE for value in values):
            raise ValueError(
                f"context key {key[:80]!r} has a value of more than {MAX_VALUE} characters"
            )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name!r} is missing or not a text")
    if len(value) > MAX_TEXT:
        raise ValueError(f"{name!r} has more than {MAX_TEXT} characters")
    return value


# A federated user without a session policy has no permissions of its own. Source: STS API Reference, GetFederationToken.
_NOTHING_PASSED = Policy(name="", statements=())


def _layers(case: Case, caller: Principal) -> Layers:
    if case.s3_block_public_access not in (None, True, False):
        raise TypeError("'s3BlockPublicAccess' is neither true nor false")
    resource = _optional("resourcePolicy", case.resource_policy)
    session = _optional("sessionPolicy", case.session_policy)
    if session is None and caller.federated_user:
        session = _NOTHING_PASSED
    boundary = _several("permissionBoundary", case.permission_boundary)
    return Layers(
        identity=_several("identityPolicies", case.identity_policies),
        resource=resource,
        boundary=boundary or None,
        session=session,
        scps=_levels("scps", case.scps),
        rcps=_levels("rcps", case.rcps),
        endpoints=_several("vpcEndpointPolicies", case.vpc_endpoint_policies),
        block_public_access=bool(case.s3_block_public_access),
    )


_SORTS = {
    "resourcePolicy": Sort.RESOURCE,
    "scps": Sort.SCP,
    "rcps": Sort.GUARD,
    "vpcEndpointPolicies": Sort.GUARD,
}


def _optional(name: str, raw: msgspec.Raw) -> Policy | None:
    return None if raw == _NULL else _one(name, name, bytes(raw))


def _several(name: str, raw: msgspec.Raw) -> tuple[Policy, ...]:
    return () if raw == _NULL else _list(name, name, bytes(raw))


def _levels(name: str, raw: msgspec.Raw) -> Levels | None:
    if raw == _NULL:
        return None
    if bytes(raw).lstrip()[:1] != b"[":
        raise TypeError(f"{name!r} is not a list of levels, each a list of documents, root first")
    levels = enumerate(_decode_list(raw))
    return tuple(_list(name, f"{name}[{number}]", bytes(level)) for number, level in levels)


def _list(name: str, called: str, written: bytes) -> tuple[Policy, ...]:
    """The policies of a list of documents, or the one that stands alone; compiled now or before."""
    key = (called, written)
    found = _lists.get(key)
    if found is None:
        if written.lstrip()[:1] != b"[":
            return (_one(name, called, written),)
        before = len(_policies)
        items = enumerate(_decode_list(written))
        found = tuple([_one(name, f"{called}[{number}]", bytes(item)) for number, item in items])
        if len(_policies) == before:  # its documents recur, and so may the list
            _keep(_lists, key, found)
    return found


def _one(name: str, called: str, written: bytes) -> Policy:
    """Compiled now or before. A malformed policy raises ValueError and is not kept."""
    key = (called, written)
    policy = _policies.get(key)
    if policy is None:
        policy = compile_policy(
            _document(called, written), called, sort=_SORTS.get(name, Sort.IDENTITY)
        )
        if policy.problems:
            raise ValueError(policy.problems[0])
        _keep(_policies, key, policy)
    return policy


def _document(called: str, written: bytes) -> object:
    """Decoded, also a document that is JSON within JSON, as APIs give it. Raises ValueError."""
    document = msgspec.json.decode(written)
    if not isinstance(document, str):
        return document
    try:
        return msgspec.json.decode(document)
    except msgspec.MsgspecError:
        raise ValueError(f"{called} is a text that holds no JSON document") from None


def _keep(kept: dict[tuple[str, bytes], T], key: tuple[str, bytes], made: T) -> None:
    if len(key[1]) <= _KEPT_BYTES:
        if len(kept) >= _KEPT:
            kept.clear()
        kept[key] = made
