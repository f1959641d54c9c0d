"""The printed role allows every call of the collector and none that writes or gives a key."""

import re

from collectors.azure.policy import graph_permissions, read_role
from collectors.azure.reads import all_reads, queries
from graph.permissions.azure.patterns import is_data_action
from graph.schema import load_schema
from tests.beds import azure_world as tenant

ROLE = read_role([tenant.SUB])
ACTIONS = set(ROLE["Actions"])


def test_every_read_has_its_right_and_there_is_no_more():
    needed = {read.action for read in all_reads().values() if read.action}
    needed |= {f"{kind}/read" for query in queries().values() for kind in query.types}
    assert (
        needed
        | {"Microsoft.ResourceGraph/resources/read", "Microsoft.Resources/subscriptions/read"}
        == ACTIONS
    )
    for read in all_reads().values():
        assert bool(read.action or read.data_action) == (read.plane != "graph")
        assert bool(read.permission) == (read.plane == "graph")


def test_nothing_writes_or_reads_keys_or_content():
    for action in ACTIONS | set(ROLE["DataActions"]):
        assert re.fullmatch(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/read", action), action
        assert "*" not in action
    # Both planes have an action of this name; ARM's, like the other, shows no private part of a key.
    assert [a for a in ACTIONS if is_data_action(a)] == ["Microsoft.KeyVault/vaults/keys/read"]
    assert ROLE["NotActions"] == ROLE["NotDataActions"] == []
    assert ROLE["AssignableScopes"] == [f"/subscriptions/{tenant.SUB}"]


def test_graph_permissions_only_read():
    found = graph_permissions()
    assert all(re.fullmatch(r"[A-Za-z]+\.Read\.(All|Directory)", name) for name in found)
    told = {f"graph:{name}" for names in found.values() for name in names}
    assert told == {read.operation for read in all_reads().values() if read.plane == "graph"}


def test_every_kind_of_azure_is_read_by_what_the_schema_says():
    asked = {read.operation for read in all_reads().values()}
    asked |= {f"arm:{kind}" for query in queries().values() for kind in query.types}
    for kind in load_schema().kinds.values():
        if kind.name.startswith("Microsoft."):
            assert set(kind.listed_by) <= asked, kind.name


def test_members_of_groups_are_asked_for_where_service_principals_are_among_them():
    """v1.0 leaves them out, and managed identities get most of their rights through groups."""
    assert all_reads()["graph:groups/members"].path.startswith("/beta/")
    assert not [
        n for n, r in all_reads().items() if "/beta/" in r.path and n != "graph:groups/members"
    ]


def test_every_call_of_arm_names_its_version():
    for read in all_reads().values():
        if read.plane == "arm":
            assert re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", read.api), read.name
        assert read.path.startswith(("/", "{id}")), read.name
