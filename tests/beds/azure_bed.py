"""A made-up ARM, Resource Graph, Microsoft Graph and Foundry on one loopback port, behind the real SDKs.

A world is a list of ARM items, lists of Graph and agents of projects. Where an item is listed follows from its id alone,
so nothing is taken from the collector's table but the names that faults are set by.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import parse_qsl, unquote, urlsplit

from azure.core.credentials import AccessToken

from collectors.azure.reads import QUERY_PATH, AzureRead, all_reads
from tests.beds import azure_world as tenant
from tests.beds.serving import NoAnswerError, Reply, served

Item = dict[str, Any]
TOKEN = "a-token-that-must-not-be-kept"
HANGS_FOR = 4.0  # seconds; longer than the time limit of a test
_QUERY = "resource graph"
_TYPES = re.compile(r"'([^']+)'")


class Call(NamedTuple):
    """One request: which read it is, which page it asks for, and what a healthy server says."""

    name: str
    page: int
    key: str  # the member that holds the items
    body: Item


Fault = Callable[["World", Call], Reply]


class World:
    """What the server answers with; `asked` counts requests by the name of their read, `sent` holds all of them."""

    def __init__(
        self,
        arm: Sequence[Item] = (),
        graph: Mapping[str, Sequence[Item]] | None = None,
        agents: Mapping[str, Sequence[Item]] | None = None,
        search: Mapping[str, Sequence[Item]] | None = None,
        page_size: int = 1000,
    ) -> None:
        """`graph`: path below the version -> items; `agents`: id of a project -> agents; `search`: service/set -> items."""
        self.arm = list(arm)
        self.graph = {path.lower(): list(items) for path, items in (graph or {}).items()}
        self.agents = {project.lower(): list(items) for project, items in (agents or {}).items()}
        self.search = {place.lower(): list(items) for place, items in (search or {}).items()}
        self.page_size = page_size
        self.faults: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.sent: list[tuple[str, str]] = []
        self.url = ""
        self._lock = threading.Lock()
        self._listed = _by_list(self.arm)

    def reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request."""
        with self._lock:
            self.sent.append((method, target))
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return refused(401, "InvalidAuthenticationToken")
        url = urlsplit(target)
        if method == "POST" and url.path == QUERY_PATH:
            call = self._query(json.loads(body))
        elif method == "GET":
            call = self._list(target)
        else:
            return refused(405, "MethodNotAllowed")
        with self._lock:
            self.asked[call.name] += 1
        if fault := self.faults.get(call.name):
            return FAULTS[fault](self, call)
        return answered(call.body)

    def _list(self, target: str) -> Call:
        url, name = urlsplit(target), named(urlsplit(target).path)
        path, page = unquote(url.path).lower(), int(dict(parse_qsl(url.query)).get("$skiptoken", 1))
        if path == "/subscriptions":
            return Call(name, page, "value", {"value": self.subscriptions()})
        if path.startswith("/foundry/"):
            return self._agents(target, name)
        if path.startswith("/search/"):
            items = self.search.get(path.removeprefix("/search/"), [])
            return self._paged(
                target, Call(name, page, "value", {"value": items}), "@odata.nextLink"
            )
        if path.startswith(("/v1.0/", "/beta/")):
            items = self.graph.get(path.split("/", 2)[2], [])
            return self._paged(
                target, Call(name, page, "value", {"value": items}), "@odata.nextLink"
            )
        whole = [
            item for item in self.arm if item["id"].lower() == path and "managementgroups" in path
        ]
        if whole:
            return Call(name, page, "", whole[0])
        call = Call(name, page, "value", {"value": self._listed.get(path, [])})
        return self._paged(target, call, "nextLink")

    def _paged(self, target: str, call: Call, link: str) -> Call:
        start = (call.page - 1) * self.page_size
        items = call.body["value"]
        body: Item = {"value": items[start : start + self.page_size]}
        if len(items) > start + self.page_size:
            body[link] = self.link(target, call.page + 1)
        return call._replace(body=body)

    def link(self, target: str, page: int) -> str:
        """The address of a page."""
        plain = re.sub(r"[&?]\$skiptoken=\d+", "", target)
        return f"{self.url}{plain}{'&' if '?' in plain else '?'}$skiptoken={page}"

    def _agents(self, target: str, name: str) -> Call:
        _, _, account, _, _, project, *_ = urlsplit(target).path.split("/")
        key = next(
            (
                k
                for k in self.agents
                if k.endswith(f"/accounts/{account}/projects/{project}".lower())
            ),
            "",
        )
        items, after = (
            self.agents.get(key, []),
            dict(parse_qsl(urlsplit(target).query)).get("after"),
        )
        start = 1 + [item["id"] for item in items].index(after) if after else 0
        given = items[start : start + self.page_size]
        more = len(items) > start + len(given)
        last = given[-1]["id"] if given else None
        body = {"object": "list", "data": given, "last_id": last, "has_more": more}
        return Call(name, start // self.page_size + 1, "data", body)

    def subscriptions(self) -> list[Item]:
        """As ARM lists them."""
        return [i for i in self.arm if re.fullmatch(r"/subscriptions/[^/]+", i["id"])]

    def _query(self, asked: Item) -> Call:
        text, options = asked["query"], asked["options"]
        page = int(options.get("$skipToken", 1))
        rows = self._rows(text, {s.lower() for s in asked["subscriptions"]})
        start = (page - 1) * self.page_size
        given = rows[start : start + self.page_size]
        body: Item = {
            "totalRecords": len(rows),
            "count": len(given),
            "resultTruncated": "false",
            "data": given,
        }
        if len(rows) > start + len(given):
            body["$skipToken"] = str(page + 1)
        sort = "counts" if "summarize" in text else text.partition(" ")[0]
        return Call(f"{_QUERY} {sort}", page, "data", body)

    def _rows(self, text: str, subscriptions: set[str]) -> list[Item]:
        rows = [
            {**item, "type": _type(item).lower(), "subscriptionId": item["id"].split("/")[2]}
            for item in self.arm
            if item["id"].split("/")[1] == "subscriptions"
            and item["id"].split("/")[2].lower() in subscriptions
        ]
        if "summarize" in text:
            counts = Counter(
                (row["type"], row["subscriptionId"]) for row in rows if "/providers/" in row["id"]
            )
            return [
                {"type": t, "subscriptionId": s, "count_": n}
                for (t, s), n in sorted(counts.items())
            ]
        wanted = set(_TYPES.findall(text))
        return sorted((row for row in rows if row["type"] in wanted), key=lambda row: row["id"])


def _type(item: Item) -> str:
    parts = item["id"].strip("/").split("/")
    if "providers" not in parts:
        return "Microsoft.Resources/subscriptions" + ("/resourceGroups" if len(parts) > 2 else "")
    start = len(parts) - 1 - parts[::-1].index("providers")
    return "/".join([parts[start + 1], *parts[start + 2 :: 2]])


def _by_list(items: Sequence[Item]) -> Mapping[str, list[Item]]:
    """Lower-case path of each list -> its items."""
    found: dict[str, list[Item]] = {}
    for item in items:
        path = _list_of(item["id"]).lower()
        found.setdefault(path, []).append(item)
    return found


def _list_of(item_id: str) -> str:
    """Resources of a group are listed in their subscription, what lies in a resource in that; assignments at any scope there too."""
    above = item_id.rpartition("/")[0]
    if "/providers/Microsoft.Authorization/" in item_id:
        return f"/subscriptions/{tenant.SUB}/providers/Microsoft.Authorization/{above.rpartition('/')[2]}"
    return re.sub(r"(?i)/resourceGroups/[^/]+(?=/providers/[^/]+/[^/]+$)", "", above)


def named(path: str) -> str:
    """The name of the read that a path is of, or of the list of subscriptions."""
    if path == "/subscriptions":
        return "subscriptions"
    path = re.sub(r"^/(foundry|search)/[^/]+", "", unquote(path))
    for name, read in all_reads().items():
        if re.fullmatch(read.pattern(), path, re.IGNORECASE):
            return name
    raise LookupError(f"no read asks for {path}")


# --- a world in which every read has one item


def everything() -> World:
    """One item in every list that the collector asks for."""
    made: dict[str, str] = {}
    arm: list[Item] = [*tenant.ARM["Microsoft.Resources/subscriptions"]]
    graph: dict[str, list[Item]] = {}
    agents: dict[str, list[Item]] = {}
    search: dict[str, list[Item]] = {}
    number = iter(range(5000, 6000))
    for name, read in all_reads().items():
        if read.plane == "arm" and not read.one:
            for parent in read.each or ("",):
                item = _item(read, made.get(parent, ""))
                made.setdefault(name, item["id"])
                arm.append(item)
        elif read.plane == "graph":
            item_id = made[name] = tenant.guid(next(number))
            path = read.path.partition("?")[0].split("/", 2)[2]
            path = path.replace("{id}", made.get(read.each[0], "") if read.each else "")
            graph[path] = [{"id": item_id, "displayName": name, "appId": item_id}]
        elif read.plane == "search":
            search[f"x{read.path.partition('?')[0]}"] = [{"name": "x"}]
        elif read.plane == "foundry":
            agents[made[read.each[0]]] = [
                {"id": "a1", "name": "a1", "versions": {"latest": {"definition": {}}}}
            ]
    arm += [
        {"id": f"{tenant.RG}/providers/{kind}/x", "name": "x", "type": kind, "properties": {}}
        for kind in ("Microsoft.Compute/virtualMachines", "Microsoft.Web/sites")
    ]
    return World(arm, graph, agents, search)


def _item(read: AzureRead, parent: str) -> Item:
    space, *types = read.operation.removeprefix("arm:").split("/")
    if space == "Microsoft.Management":
        item_id = tenant.ROOT
    elif space == "Microsoft.Resources":
        item_id = tenant.RG
    elif parent:
        item_id = read.path.replace("{id}", parent) + "/x"
    else:
        scope = (
            f"/subscriptions/{tenant.SUB}"
            if space in {"Microsoft.Authorization", "Microsoft.Insights"}
            else tenant.RG
        )
        item_id = f"{scope}/providers/{space}/{types[-1]}/x"
    item: Item = {
        "id": item_id,
        "name": "x",
        "type": "/".join([space, *types]),
        "kind": "AIServices",
        "properties": {},
    }
    return item | ({"actions": ["*/read"], "notActions": []} if types[-1] == "permissions" else {})


# --- the tenant of azure_world


def acme(page_size: int = 1000) -> World:
    """The small tenant, as its APIs tell it."""
    graph: dict[str, list[Item]] = dict(tenant.GRAPH)
    graph |= {f"groups/{group}/members": list(items) for group, items in tenant.MEMBERS.items()}
    graph |= {f"applications/{app}/owners": list(items) for app, items in tenant.OWNERS.items()}
    reader = {"id": f"/subscriptions/{tenant.SUB}/providers/Microsoft.Authorization/permissions/0",
              "actions": ["*/read"], "notActions": []}  # fmt: skip
    return World(
        [*(item for items in tenant.ARM.values() for item in items), reader],
        graph,
        page_size=page_size,
    )


# --- serving


class FakeCredential:
    """Any object with this method serves as a credential."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """The same token for every audience."""
        self.asked.append(scopes[0])
        return AccessToken(TOKEN, int(time.time()) + 3600)


@contextmanager
def running(world: World) -> Iterator[FakeCredential]:
    """Serve a world, with a credential that it accepts in place of the user's."""
    credential = FakeCredential()
    with (
        served(world) as url,
        mock.patch("collectors.azure.live.open_credential", return_value=credential),
    ):
        world.url = url
        yield credential


# --- faults


def answered(body: Any, status: int = 200, **headers: str) -> Reply:
    """JSON."""
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})


def refused(status: int, code: str, message: str = "not for you", **headers: str) -> Reply:
    """An error as Azure spells it."""
    return answered({"error": {"code": code, "message": message}}, status, **headers)


def _error(status: int, code: str, **headers: str) -> Fault:
    named_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, __: refused(status, code, **named_headers)


def _raw(status: int, body: bytes, **headers: str) -> Fault:
    return lambda _, __: Reply(status, body, headers)


def _cut(_: World, call: Call) -> Reply:
    whole = answered(call.body)
    return Reply(200, whole.body, whole.headers, cut=len(whole.body) // 2)


def _garbled(_: World, call: Call) -> Reply:
    whole = answered(call.body)
    return Reply(200, whole.body[: len(whole.body) // 2], whole.headers)


def _mistyped(_: World, call: Call) -> Reply:
    return answered({**call.body, call.key or "id": 7})


def _more(world: World, call: Call, page: int) -> Item:
    """The answer with a next page."""
    if call.name.startswith(_QUERY):
        return {**call.body, "$skipToken": str(page), "totalRecords": 99}
    if call.key == "data":
        return {**call.body, "has_more": True, "last_id": "a1"}
    link = "@odata.nextLink" if call.name.startswith("graph:") else "nextLink"
    sent = next(
        t for m, t in reversed(world.sent) if m == "GET" and named(urlsplit(t).path) == call.name
    )
    return {**call.body, link: world.link(sent, page)}


def _loop(world: World, call: Call) -> Reply:
    return answered(_more(world, call, 2))


def _endless(world: World, call: Call) -> Reply:
    return answered(_more(world, call, call.page + 1))


def _second(world: World, call: Call) -> Reply:
    if call.page == 1:
        return answered(_more(world, call, 2))
    return refused(403, "AuthorizationFailed")


def _foreign(world: World, call: Call) -> Reply:
    body = _more(world, call, 2)
    link = next((name for name in body if name.lower().endswith("nextlink")), "")
    return answered({**body, link: "https://elsewhere.example/next"} if link else {})


def _astray(world: World, call: Call) -> Reply:
    """The next page is an address of the same server that nobody reads."""
    body = _more(world, call, 2)
    link = next((name for name in body if name.lower().endswith("nextlink")), "")
    return answered({**body, link: f"{world.url}/v1.0/me/messages"} if link else {})


def _dropped(_: World, call: Call) -> Reply:
    """The list has lost its last item and says nothing of it."""
    return answered({**call.body, call.key: call.body[call.key][:-1]})


def _hang(_: World, __: Call) -> Reply:
    time.sleep(HANGS_FOR)
    raise NoAnswerError


def _reset(_: World, __: Call) -> Reply:
    raise NoAnswerError


FAULTS: dict[str, Fault] = {
    "denied": _error(403, "AuthorizationFailed"),
    "expired": _error(401, "ExpiredAuthenticationToken"),
    "throttled": _error(429, "TooManyRequests", Retry_After="1"),
    "throttled for long": _error(429, "TooManyRequests", Retry_After="3600"),
    "failing": _error(500, "InternalServerError"),
    "web page": _raw(503, b"<html><body>down</body></html>", **{"Content-Type": "text/html"}),
    "redirect": _raw(302, b"", Location="https://elsewhere.example/"),
    "cut": _cut,
    "garbled": _garbled,
    "other": _raw(200, b'["something", "else"]'),
    "no number": _raw(200, b'{"value": [{"id": NaN}]}'),
    "half a character": _raw(200, b'{"value": [{"id": "\\ud800"}], "data": [], "id": "\\ud800"}'),
    "empty": _raw(200, b"{}"),
    "nothing": _raw(200, b""),
    "mistyped": _mistyped,
    "loop": _loop,
    "endless": _endless,
    "second": _second,
    "foreign": _foreign,
    "astray": _astray,
    "hang": _hang,
    "reset": _reset,
}
