"""Terraform state of azurerm, azuread and azapi as if ARM or Microsoft Graph had answered (see collectors.translation)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from collectors import translation
from collectors.azure.answer import Answer
from collectors.azure.ids import last
from collectors.azure.ids import parent as parent_of
from collectors.translation import Source, Translation, restored
from graph.estate import Piece
from graph.model import Asset

PREFIXES = ("terraform:azurerm_", "terraform:azuread_", "terraform:azapi_")
_CONFIGURED_ONLY = (
    "terraform:azapi_",
)  # their attributes are what somebody wrote, not what Azure answered
_ELIGIBLE = "providers/Microsoft.Authorization/roleEligibilityScheduleInstances"

# Lists that several resources make up together: what each says is joined.
_JOINED = {
    "Microsoft.Network/networkSecurityGroups": ("ingress", "egress"),
    "Microsoft.KeyVault/vaults": ("access_policies",),
}


@cache
def table() -> Mapping[str, tuple[Translation, ...]]:
    """Translations by resource type."""
    return translation.table("mapping/terraform_azure.toml")


def translated(resource: Answer) -> Iterator[Answer]:
    """The answers that a resource stands for; an unknown type gives none."""
    for each in table().get(resource.operation.removeprefix("terraform:"), ()):
        made = each.translate(resource.body, _spelled)
        yield replace(
            resource,
            operation=each.operation,
            params=made.params,
            body=made.body,
            origin=made.origin,
        )


def led_back(resource: Answer, answer: Answer, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces of a translated answer with evidence in the resource; what it does not tell is left out."""
    if answer.origin is None:
        yield from pieces
        return
    for piece in restored(pieces, answer.origin):
        if isinstance(piece, Asset) and resource.operation.startswith(_CONFIGURED_ONLY):
            told = {name: value for name, value in piece.properties.items() if value is not None}
            yield replace(piece, properties=told)
        else:
            yield piece


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Make one list of what several resources say of one asset."""
    return translation.joined(pieces, _JOINED)


def _spelled(value: Any, source: Source) -> Any:
    return _WORDS[source.word](value) if source.word else value


def _enabled(value: Any) -> Any:
    return ("Enabled" if value else "Disabled") if isinstance(value, bool) else value


def _enabled_small(value: Any) -> Any:
    return str(_enabled(value)).lower()


def _not(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def _keys(value: Any) -> dict[str, Any]:
    return {str(item): {} for item in value} if isinstance(value, list) else {}


def _public(value: Any) -> str:
    return {"private": "None", "blob": "Blob", "container": "Container"}.get(str(value), str(value))


def _setting(value: Any) -> str:
    return f"{value}/providers/Microsoft.Insights/diagnosticSettings/terraform"


def _logs(value: Any) -> list[dict[str, Any]]:
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    return [
        {"category": row.get("category") or row.get("category_group"), "enabled": True}
        for row in rows
    ]


def _eligible(value: Any) -> str:
    scope, _, rest = str(value).partition("|")
    role, _, principal = rest.partition("|")
    return f"{scope.rstrip('/')}/{_ELIGIBLE}/{last(role)}-{principal.partition('|')[0]}"


_WORDS: Mapping[str, Callable[[Any], Any]] = {
    "enabled": _enabled, "enabled_small": _enabled_small, "not": _not, "keys": _keys, "parent": lambda value: parent_of(str(value)),
    "public": _public, "setting": _setting, "logs": _logs, "eligible": _eligible,
}  # fmt: skip
