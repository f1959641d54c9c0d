"""No secret that an Azure answer may hold, to any call of the collector, reaches a byte of the snapshot or of the logs."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collectors.azure import asking
from collectors.azure.live import CollectRequest, collect
from collectors.azure.reads import all_reads, queries
from graph.model import Snapshot
from graph.snapshot import write_snapshot
from tests.beds.azure_bed import FAULTS, TOKEN, World, everything, refused, running
from tests.beds.azure_world import RG
from tests.beds.canaries import Canaries, bytes_of, leaked

Item = dict[str, Any]


def _anywhere(c: Canaries) -> Item:
    """What any resource may hold: secrets by their look, by their name, and inside others."""
    return {
        "description": f"{c.look()} {c.look()}",
        "nested": {"list": [{"note": c.look()}], "text": f'{{"password": "{c.plain()}"}}'},
        "connectionString": c.plain(),
        "primaryKey": c.plain(),
        "adminPassword": c.plain(),
        "sasToken": c.plain(),
        "environmentVariables": {"HF_TOKEN": c.plain(), "MODE": c.plain()},
        "customData": c.encoded(),
        "secrets": [{"name": "s", "value": c.plain()}],
    }


# Where an API keeps what is secret by its place: written down here anew, not taken from the redaction's own table.
PLACES: dict[str, Callable[[Canaries], Item]] = {
    "connections": lambda c: {"credentials": {"key": c.plain(), "secret": c.plain()}, "value": c.plain(), "metadata": {"ApiKey": c.plain()}},
    "datastores": lambda c: {"credentials": {"credentialsType": "AccountKey", "secrets": {"key": c.plain()}}},
    "jobs": lambda c: {"command": f"train --key {c.plain()}", "inputs": {"a": {"jobInputType": "literal", "value": c.plain()}}},
    "secrets": lambda c: {"value": c.plain()},
    "sites": lambda c: {"siteConfig": {"appSettings": [{"name": "MODE", "value": c.plain()}], "connectionStrings": [{"name": "db", "connectionString": c.plain()}]}},
    "workflows": lambda c: {"definition": {"actions": {"call": {"inputs": {"body": c.plain()}}}}, "parameters": {"p": {"value": c.plain()}}},
    "containerApps": lambda c: {"template": {"containers": [{"env": [{"name": "A", "value": c.plain()}], "command": [c.plain()], "args": [c.plain()]}]}},
    "containerGroups": lambda c: {"containers": [{"name": "c", "properties": {"environmentVariables": [{"name": "A", "value": c.plain()}], "command": ["run", c.plain()]}}]},
    "virtualMachines": lambda c: {"osProfile": {"adminPassword": c.plain(), "customData": c.encoded()}},
    "components": lambda c: {"InstrumentationKey": c.plain(), "ConnectionString": f"InstrumentationKey={c.plain()}"},
    "managedClusters": lambda c: {"windowsProfile": {"adminPassword": c.plain()}, "servicePrincipalProfile": {"secret": c.plain()}},
}  # fmt: skip


def planted(c: Canaries) -> World:
    """The world of everything, in which everything may be a secret."""
    world = everything()
    kinds = {kind for query in queries().values() for kind in query.types}
    known = {item.get("type") for item in world.arm}
    world.arm += [{"id": f"{RG}/providers/{k.replace('servers/databases', 'servers/s/databases')}/x", "type": k} for k in sorted(kinds - known) if "subscriptions" not in k]  # fmt: skip
    for item in world.arm:
        kind = str(item.get("type"))
        if "subscriptions" not in item["id"].rpartition("/")[0] and "properties" not in item:
            continue
        item["properties"] = _anywhere(c)
        if of_type := PLACES.get(kind.rpartition("/")[2]):
            item["properties"] |= of_type(c)
        item["tags"] = {"db_password": c.plain(), "ApiKey": c.plain(), "note": c.look()}
    for items in world.graph.values():
        for item in items:
            credential = {"secretText": c.plain(), "hint": c.plain(), "key": c.plain()}
            item |= {"passwordCredentials": [credential], "keyCredentials": [credential], "displayName": c.look()}  # fmt: skip
            item |= {"notes": c.look(), "members": [{"description": c.look()}]}
    for items in world.agents.values():
        tool = {"type": "mcp", "server_url": f"https://m.example/mcp?api_key={c.plain()}", "headers": {"x-team": c.plain(), "Authorization": c.look()},
                "openapi": {"spec": {"info": {"description": c.plain()}}}}  # fmt: skip
        definition = {"kind": "prompt", "model": "chat", "instructions": c.plain(), "tools": [tool], "environment_variables": {"A": c.plain()}}  # fmt: skip
        items[0]["versions"] = {"latest": {"definition": definition, "description": c.look()}}
    return World(world.arm, world.graph, world.agents, world.search)


def _collected(world: World) -> Snapshot:
    return collect(CollectRequest(endpoint_url=world.url, time="2026-01-01T00:00:00Z"))


def _written(snapshot: Snapshot, folder: Path) -> bytes:
    out = folder / "estate.hound"
    write_snapshot(snapshot, out)
    return bytes_of(out)


def test_no_canary_of_any_answer_reaches_the_snapshot_or_the_logs(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    canaries = Canaries()
    world = planted(canaries)
    with running(world):
        found = _collected(world)
        assert {entry.state.value for entry in found.coverage} == {"complete"}
        assert set(all_reads()) <= set(world.asked)
        assert len(canaries.secrets) > 1200
        written = _written(found, tmp_path)
        assert leaked([*canaries.secrets, TOKEN], written) == []
        assert leaked([*canaries.secrets, TOKEN], caplog.text.encode()) == []
        # The red control: without redaction they are there, so the search can find them.
        monkeypatch.setattr(asking, "redact", lambda _, value: (value, []))
        unguarded = _written(_collected(world), tmp_path)
        assert len(leaked(canaries.secrets, unguarded)) > 0.9 * len(canaries.secrets)


def test_what_is_no_secret_stays():
    """The redaction takes values, not the facts that the mapping needs."""
    world = planted(Canaries())
    with running(world):
        found = _collected(world)
    bodies: Item = {r.operation: r.body for r in found.records if r.body}
    store = bodies["arm:Microsoft.MachineLearningServices/workspaces/datastores"]["value"][0]
    assert store["properties"]["credentials"]["credentialsType"] == "AccountKey"
    (agent,) = bodies["arm:Microsoft.CognitiveServices/accounts/projects/agents"]["value"]
    assert agent["versions"]["latest"]["definition"]["model"] == "chat"
    assert found.redactions["content"] > 5
    assert found.redactions["secret by its name"] > 100


def test_secrets_in_messages_of_errors_do_not_pass_either(tmp_path, monkeypatch):
    canaries = Canaries()
    monkeypatch.setitem(
        FAULTS, "told", lambda *_: refused(403, "AuthorizationFailed", canaries.look())
    )
    world = everything()
    world.faults = {name: "told" for name, read in all_reads().items() if not read.each}
    with running(world):
        found = _collected(world)
    denied = [entry for entry in found.coverage if entry.state.value == "denied"]
    assert len(denied) > 35
    assert len(canaries.secrets) > 35
    told = "\n".join(entry.reason for entry in found.coverage).encode()
    assert leaked(canaries.secrets, told + _written(found, tmp_path)) == []


@pytest.mark.parametrize("name", ["arm:Microsoft.KeyVault/vaults/secrets", "arm:Microsoft.MachineLearningServices/workspaces/connections"])  # fmt: skip
def test_the_place_alone_is_enough(name):
    """A value that looks like nothing, under a name that says nothing."""
    canaries = Canaries()
    world = everything()
    for item in world.arm:
        if item.get("type") == name.removeprefix("arm:"):
            item["properties"] = {"value": canaries.plain()}
    served = World(world.arm, world.graph, world.agents, world.search)
    with running(served):
        found = _collected(served)
    (record,) = [r for r in found.records if r.operation == name]
    assert record.body["value"][0]["properties"]["value"] == {"redacted": "secret by its name"}
