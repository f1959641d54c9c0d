"""Tables of what rights are worth: techniques of escalation, then plain access."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.permissions.techniques import of_cloud

ACT_AS = "iam.serviceAccounts.actAs"
Alternatives = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Permissions that together give something of a target. What the keys mean stands above the techniques."""

    technique: str
    kind: str
    way: str = "target"
    on: tuple[str, ...] = ()
    needed: tuple[Alternatives, ...] = ()  # asked of the target
    project: tuple[Alternatives, ...] = ()  # asked of its project
    act_as: bool = False
    agents: tuple[str, ...] = ()
    open: str = ""
    unless: tuple[str, ...] = ()  # organisation policies that stop it

    @property
    def actions(self) -> list[str]:
        """Every permission that is asked for."""
        named = [name for any_of in (*self.project, *self.needed) for name in any_of]
        return [*named, ACT_AS] if self.act_as else named


@cache
def ways() -> tuple[Way, ...]:
    """Techniques, then access."""
    rows = [(item.id, item.row) for item in of_cloud("gcp")]
    rows += [("", row) for row in read_toml("permissions/gcp_access.toml")["access"]]
    return tuple(_way(name, row) for name, row in rows)


def _way(name: str, row: Mapping[str, Any]) -> Way:
    return Way(
        technique=name,
        kind=row["kind"],
        way=row.get("way", "target"),
        on=tuple(row.get("on", ())),
        needed=tuple(tuple(text.split("|")) for text in row.get("all", ())),
        project=tuple(tuple(text.split("|")) for text in row.get("project", ())),
        act_as=row.get("actas", False),
        agents=tuple(row.get("agents", ())),
        open=row.get("open", ""),
        unless=tuple(row.get("unless", ())),
    )


@cache
def administrator() -> tuple[str, ...]:
    """What together makes an administrator of a project."""
    return tuple(read_toml("permissions/gcp_access.toml")["administrator"]["all"])
