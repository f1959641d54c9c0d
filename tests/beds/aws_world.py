"""A made-up AWS on loopback: every operation has an answer, built from the SDK's own model of the API.

Each list holds one item and each text tells where it stands, so nothing depends on what an account would hold. Faults
are set for single operations: see FAULTS.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import botocore.session
from botocore.model import OperationModel
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from tests.beds.serving import NoAnswerError, Reply

TOKENS = (
    "NextToken", "nextToken", "NextMarker", "Marker", "ContinuationToken", "LastEvaluatedTableName",
)  # fmt: skip
TAKEN_AS = {"NextMarker": "Marker", "LastEvaluatedTableName": "ExclusiveStartTableName"}
MORE = ("IsTruncated", "Truncated")
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT = "111122223333"
_DEEPEST = 12
_SIGNED = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")

Operation = tuple[str, str]  # client and API name: ("bedrock-agent", "GetAgent")
Text = Callable[[Operation, str], str]  # (operation, pointer) -> the text that stands there


def said(operation: Operation, pointer: str) -> str:
    """A text that says where it stands."""
    if pointer == "/Account":
        return ACCOUNT
    return f"{operation[1]}{pointer}".replace("/", "-")


class World:
    """What the server answers with; `asked` counts the requests for each operation.

    A fault is told the number of the page that is asked for.
    """

    def __init__(self, clients: list[str], text: Text = said, variant: int = 0) -> None:
        """`variant` chooses which of the alternatives of a union the answers hold."""
        self.text = text
        self.variant = variant
        self.faults: dict[Operation, str] = {}
        self.asked: dict[Operation, int] = {}
        self._healthy: dict[Operation, Reply] = {}
        self._lock = threading.Lock()
        self._find = _finder(clients)

    def prepare(self, operations: Iterable[Operation]) -> None:
        """Build the healthy answers now, so that none is slow later."""
        self._healthy |= {operation: self.answer(operation) for operation in operations}

    def reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request; an unknown request is a fault of the test."""
        operation = self._find(method, target, headers, body)
        with self._lock:
            self.asked[operation] = self.asked.get(operation, 0) + 1
        if fault := self.faults.get(operation):
            return FAULTS[fault](self, operation, _page_of(target, body))
        if operation not in self._healthy:
            self._healthy[operation] = self.answer(operation)
        return self._healthy[operation]

    def answer(self, operation: Operation, **changed: Any) -> Reply:
        """A healthy answer, with top-level members changed; None leaves one out."""
        model = model_of(operation)
        value = _example(model.output_shape, _Place(self.text, operation, self.variant)) or {}
        value = {name: item for name, item in (value | changed).items() if item is not None}
        client, protocol = operation[0], model.service_model.resolved_protocol
        spelled = get_service_model(client).operation_model(operation[1])
        made = get_serializer_class(client, protocol)(spelled).serialize(value)
        content = made["body"] or ""
        return Reply(
            made["status_code"],
            content if isinstance(content, bytes) else content.encode(),
            {name: str(item) for name, item in made["headers"].items()},
        )


def _page_of(target: str, body: bytes) -> int:
    """Which page a request asks for: the tokens of this world are page-2, page-3, ..."""
    found = re.search(rb"page-(\d+)", target.encode() + body)
    return int(found[1]) if found else 1


# --- which operation a request is


@cache
def service(client: str) -> Any:
    """The SDK's model of a service."""
    return botocore.session.Session().get_service_model(client)


def model_of(operation: Operation) -> OperationModel:
    """The SDK's model of an operation."""
    return service(operation[0]).operation_model(operation[1])


def _finder(clients: list[str]) -> Callable[..., Operation]:
    by_target = {
        f"{service(client).metadata['targetPrefix']}": client
        for client in clients
        if "targetPrefix" in service(client).metadata
    }
    by_action = {client for client in clients if service(client).protocol in {"query", "ec2"}}
    routes = [
        (service(c).signing_name, *_routes(c)) for c in clients if "rest" in service(c).protocol
    ]

    def find(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Operation:
        if named := headers.get("X-Amz-Target"):
            prefix, _, name = named.partition(".")
            return by_target[prefix], name
        signed = _SIGNED.search(headers.get("Authorization", ""))
        signing_name = signed[2] if signed else ""
        if signing_name in by_action:
            return signing_name, parse_qs(body.decode())["Action"][0]
        url = urlsplit(target)
        for name, client, table in routes:
            for operation, verb, path, query in table if name == signing_name else ():
                given = parse_qs(url.query, keep_blank_values=True)
                if verb == method and path.fullmatch(url.path) and query <= set(given):
                    return client, operation
        raise LookupError(f"no operation is {signing_name} {method} {target}")

    return find


def _routes(client: str) -> tuple[str, list[tuple[str, str, re.Pattern[str], set[str]]]]:
    """(operation, method, path, names that the query must hold), the most demanding first."""
    table = []
    for name in service(client).operation_names:
        http = model_of((client, name)).http
        path, _, query = http["requestUri"].partition("?")
        if client == "s3":
            path = path.replace("/{Bucket}", "/{Bucket}") or "/"
        pattern = "".join(
            ("[^/]*" if not part.endswith("+}") else ".*")
            if part.startswith("{")
            else re.escape(part)
            for part in re.split(r"(\{[^}]*\})", path)
        )
        needed = set(parse_qs(query, keep_blank_values=True))
        table.append((name, http["method"], re.compile(f"{pattern}/?"), needed))
    table.sort(key=lambda row: (-len(row[3]), row[2].pattern.count("[^/]*"), row[0]))
    return client, table


# --- healthy answers


class _Place(NamedTuple):
    """Whose answer is built, and where in it."""

    text: Text
    operation: Operation
    variant: int
    pointer: str = ""
    above: tuple[str, ...] = ()  # shapes, so that one that holds itself ends

    def below(self, name: str | int) -> "_Place":
        return self._replace(pointer=f"{self.pointer}/{name}")

    def said(self) -> str:
        return self.text(self.operation, self.pointer)


def _example(shape: Any, at: _Place) -> Any:
    """A value of the API's type, with one item in each list and map."""
    kind = shape.type_name if shape is not None else ""
    if kind == "structure":
        return _structure(shape, at)
    if kind == "list":
        return [_example(shape.member, at.below(0))]
    if kind == "map":
        name = at.below("name").said()
        return {name: _example(shape.value, at.below(name))}
    if kind == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else at.said()
    plain = {"timestamp": MOMENT, "blob": b"blob", "boolean": False, "float": 1.5, "double": 1.5}
    return plain.get(kind, 1) if kind else None


def _structure(shape: Any, at: _Place) -> dict[str, Any]:
    if shape.name in at.above or len(at.above) > _DEEPEST:
        return {}
    members = list(shape.members.items())
    if getattr(shape, "is_tagged_union", False):
        members = [members[at.variant % len(members)]]
    inside = at._replace(above=(*at.above, shape.name))
    return {
        name: _example(member, inside.below(name))
        for name, member in members
        if at.pointer or name not in {*TOKENS, *MORE}
    }


# --- faults


def _refused(status: int, code: str, message: str = "not for you") -> Callable[..., Reply]:
    def fault(_: World, operation: Operation, __: int) -> Reply:
        headers = {"Retry-After": "1"} if status == 429 else {}
        return error(operation, status, code, message, headers)

    return fault


def error(
    operation: Operation,
    status: int,
    code: str,
    message: str,
    more: Mapping[str, str] | None = None,
) -> Reply:
    """An error as the service would spell it."""
    protocol = service(operation[0]).resolved_protocol
    headers = {"x-amzn-requestid": "1", **(more or {})}
    if "json" in protocol:
        body = json.dumps({"__type": code, "message": message})
        return Reply(status, body.encode(), {**headers, "x-amzn-errortype": code})
    told = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if protocol == "query":
        told = f"<ErrorResponse>{told}<RequestId>1</RequestId></ErrorResponse>"
    if protocol == "ec2":
        told = f"<Response><Errors>{told}</Errors><RequestID>1</RequestID></Response>"
    return Reply(status, told.encode(), headers)


def _page(_: World, __: Operation, ___: int) -> Reply:
    return Reply(503, b"<html><body>Service is down</body></html>", {"Content-Type": "text/html"})


def _cut(world: World, operation: Operation, _: int) -> Reply:
    whole = world.answer(operation)
    return Reply(200, whole.body, whole.headers, cut=len(whole.body) // 2)


def _garbled(world: World, operation: Operation, _: int) -> Reply:
    whole = world.answer(operation)
    return Reply(200, whole.body[: len(whole.body) // 2], whole.headers)


def _is_json(operation: Operation) -> bool:
    return "json" in service(operation[0]).resolved_protocol


def _other(_: World, operation: Operation, __: int) -> Reply:
    return Reply(200, b'["something", "else"]' if _is_json(operation) else b"<html>ok</html>")


def _empty(_: World, operation: Operation, __: int) -> Reply:
    return Reply(200, b"{}" if _is_json(operation) else b"<Result/>")


def _nothing(_: World, __: Operation, ___: int) -> Reply:
    return Reply(200, b"")


def _mistyped(world: World, operation: Operation, _: int) -> Reply:
    """Every list of the answer is a number."""
    whole = world.answer(operation)
    told = json.loads(whole.body)
    wrong = {name: 7 if isinstance(item, list) else item for name, item in told.items()}
    return Reply(200, json.dumps(wrong).encode(), whole.headers)


def _with_token(world: World, operation: Operation, token: str) -> Reply:
    members = model_of(operation).output_shape.members
    more = {name: token for name in TOKENS if name in members}
    return world.answer(operation, **more, **{name: True for name in MORE if name in members})


def _loop(world: World, operation: Operation, _: int) -> Reply:
    return _with_token(world, operation, "page-2")


def _endless(world: World, operation: Operation, number: int) -> Reply:
    return _with_token(world, operation, f"page-{number + 1}")


def three_pages(world: World, operation: Operation, number: int) -> Reply:
    """No fault: an answer on three pages."""
    return _endless(world, operation, number) if number < 3 else world.answer(operation)


def _dropped(world: World, operation: Operation, _: int) -> Reply:
    members = model_of(operation).output_shape.members
    return world.answer(operation, **{name: True for name in MORE if name in members})


def _second(world: World, operation: Operation, number: int) -> Reply:
    """The first page is answered, the next is refused."""
    if number == 1:
        return _with_token(world, operation, "page-2")
    return error(operation, 403, "AccessDenied", "not for you")


def _hang(_: World, __: Operation, ___: int) -> Reply:
    time.sleep(HANGS_FOR)
    raise NoAnswerError


def _reset(_: World, __: Operation, ___: int) -> Reply:
    raise NoAnswerError


HANGS_FOR = 6.0  # seconds; longer than the time limit of a test
FAULTS: dict[str, Callable[[World, Operation, int], Reply]] = {
    "denied": _refused(403, "AccessDeniedException"),
    "expired": _refused(403, "ExpiredTokenException"),
    "skewed": _refused(403, "RequestTimeTooSkewed"),
    "throttled": _refused(429, "ThrottlingException"),
    "failing": _refused(500, "InternalServerException"),
    "web page": _page,
    "cut": _cut,
    "garbled": _garbled,
    "other": _other,
    "empty": _empty,
    "nothing": _nothing,
    "mistyped": _mistyped,
    "loop": _loop,
    "endless": _endless,
    "dropped": _dropped,
    "second": _second,
    "hang": _hang,
    "reset": _reset,
}


def can_have(fault: str, operation: Operation) -> bool:
    """Whether a fault makes sense for an operation."""
    members = set(model_of(operation).output_shape.members)
    if fault in {"loop", "endless", "second"}:
        return _pages(operation)
    if fault == "dropped":
        return bool(members & set(MORE))
    if fault == "mistyped":
        shapes = model_of(operation).output_shape.members.values()
        return _is_json(operation) and any(shape.type_name == "list" for shape in shapes)
    return True


def _pages(operation: Operation) -> bool:
    shape = model_of(operation).input_shape
    taken = {TAKEN_AS.get(name, name) for name in model_of(operation).output_shape.members}
    named = {TAKEN_AS.get(name, name) for name in TOKENS}
    return bool(shape is not None and set(shape.members) & taken & named)
