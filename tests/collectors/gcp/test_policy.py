"""The printed role allows every call of the collector and none that writes or reads content."""

import json
import re
from pathlib import Path
from typing import Any

from collectors.gcp.policy import other_roles, read_role
from collectors.gcp.reads import inventories, rest_reads, vertex_reads

PERMISSIONS = read_role()["includedPermissions"]


def test_every_read_has_its_permission_and_there_is_no_more() -> None:
    reads: list[Any] = [*inventories(), *vertex_reads().values(), *rest_reads().values()]
    assert {read.permission for read in reads} - {""} == set(PERMISSIONS)
    assert sorted(set(PERMISSIONS)) == PERMISSIONS
    lacking = {kind for kind, read in rest_reads().items() if not read.permission}
    assert lacking == {kind for kinds in other_roles().values() for kind in kinds}


def test_nothing_writes_or_reads_content() -> None:
    for permission in PERMISSIONS:
        assert re.fullmatch(
            r"[a-z]+\.[A-Za-z]+\.(list|get|listResource|listIamPolicy|listOrgPolicy|listAccessPolicy)",
            permission,
        ), permission
    assert not {"secretmanager.versions.access", "storage.objects.get"} & set(PERMISSIONS)


def test_the_permissions_exist() -> None:
    """Those of predefined roles as Google publishes them; others of these services are younger than the list."""
    path = Path("resources/permissions/gcp_roles.json")
    if not path.exists():
        return
    known = json.dumps(json.loads(path.read_text(encoding="utf-8")))
    assert any(f'"{permission}"' in known for permission in PERMISSIONS)
