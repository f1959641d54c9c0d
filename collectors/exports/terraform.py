"""Terraform: state files (version 4), `terraform show -json`, and lists of {address, type, values}."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.exports.draft import Draft
from collectors.exports.places import Place, named_place, told_place
from collectors.normalise import normalise
from graph.model import CoverageState, ImportFileError

_CLOUDS = {"aws": "aws", "azurerm": "azure", "azuread": "azure", "azapi": "azure", "google": "gcp"}
_REASON = "a Terraform state shows what Terraform manages, not all there is"
_SENSITIVE = {"redacted": "marked sensitive by Terraform"}
_STATE = 4
Instance = tuple[str, str, dict[str, Any]]  # address, type, attributes


def is_terraform(value: Any) -> bool:
    """By content: a state, what `show -json` prints, or a list of resources."""
    if isinstance(value, dict):
        state = "terraform_version" in value and ("resources" in value or "modules" in value)
        return state or (
            "format_version" in value and ("values" in value or "planned_values" in value)
        )
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(item, dict) and {"address", "type", "values"} <= set(item) for item in value
        )
    )


def resources(value: Any, label: str, parts: tuple[str, ...]) -> list[Draft]:
    """One draft for each managed resource of a cloud."""
    found = [item for item in _instances(value, label) if _cloud(item[1])]
    told = [_told(kind, attributes) for _, kind, attributes in found]
    account = _known_account(value)
    return [
        Draft(
            source="terraform",
            operation=f"terraform:{kind}",
            provider=_CLOUDS[_cloud(kind)],
            regional=True,
            folder=(*parts, label),  # a state's own resources are its nearest neighbours
            named=Place(account, ""),
            told=_place(place, named_place(parts)),
            params={"address": address},
            body=normalise(f"terraform:{kind}", attributes),
            state=CoverageState.PARTIAL,
            reason=_REASON,
            dropped={_SENSITIVE["redacted"]: _marks(attributes)},
            of_type=True,
        )
        for (address, kind, attributes), place in zip(found, told, strict=True)
    ]


def _told(kind: str, attributes: dict[str, Any]) -> Place:
    """What a resource says of its place; Google's name their project."""
    if _cloud(kind) == "google":
        return Place(account=str(attributes.get("project") or ""))
    return told_place(attributes, "")


def _place(told: Place, named: Place) -> Place:
    return Place(told.account or named.account, told.region or named.region)


def _cloud(kind: str) -> str:
    cloud = kind.partition("_")[0]
    return cloud if cloud in _CLOUDS else ""


def _instances(value: Any, label: str) -> Iterator[Instance]:
    if isinstance(value, list):
        return ((item["address"], item["type"], item["values"]) for item in value)
    if "format_version" in value:
        planned = value.get("values") or value.get("planned_values") or {}
        return _of_module(planned.get("root_module") or {})
    if value.get("version") != _STATE:
        raise ImportFileError(
            f"{label}: a Terraform state of version {value.get('version')};"
            " run `terraform refresh` with Terraform 0.12 or newer and import the new state"
        )
    return _of_state(value["resources"])


def _of_state(listed: Sequence[Mapping[str, Any]]) -> Iterator[Instance]:
    for resource in listed:
        if resource.get("mode") != "managed":
            continue
        kind = str(resource["type"])
        address = f"{resource['module']}." if resource.get("module") else ""
        address += f"{kind}.{resource['name']}"
        for instance in resource.get("instances") or ():
            attributes = instance.get("attributes")
            if isinstance(attributes, dict):
                for path in instance.get("sensitive_attributes") or ():
                    attributes = _without(attributes, _steps(path))
                yield address + _index(instance.get("index_key")), kind, attributes


def _of_module(module: Mapping[str, Any]) -> Iterator[Instance]:
    for resource in module.get("resources") or ():
        if resource.get("mode") == "managed" and isinstance(resource.get("values"), dict):
            values = _masked(resource["values"], resource.get("sensitive_values"))
            yield str(resource["address"]), str(resource["type"]), values
    for child in module.get("child_modules") or ():
        yield from _of_module(child)


def _index(key: Any) -> str:
    if key is None:
        return ""
    return f'["{key}"]' if isinstance(key, str) else f"[{key}]"


def _steps(path: Any) -> list[Any]:
    """A path of `sensitive_attributes`: {"type": "get_attr", "value": name}, or an index with a nested value."""
    steps = []
    for step in path if isinstance(path, list) else [path]:
        value = step.get("value") if isinstance(step, dict) else step
        steps.append(value.get("value") if isinstance(value, dict) else value)
    return steps


def _without(value: Any, steps: list[Any]) -> Any:
    if not steps:
        return value if value is None or isinstance(value, bool) else dict(_SENSITIVE)
    step, *rest = steps
    if isinstance(value, dict) and step in value:
        return value | {step: _without(value[step], rest)}
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return [*value[:step], _without(value[step], rest), *value[step + 1 :]]
    return value


def _masked(value: Any, marks: Any) -> Any:
    """`sensitive_values` has the shape of the values, with true where one is sensitive."""
    if marks is True:
        return _without(value, [])
    if isinstance(value, dict) and isinstance(marks, dict):
        return {key: _masked(item, marks.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(marks, list):
        padded = [*marks, *[None] * len(value)]
        return [_masked(item, mark) for item, mark in zip(value, padded, strict=False)]
    return value


def _marks(value: Any) -> int:
    """How many values were dropped here."""
    if isinstance(value, dict):
        return 1 if value == _SENSITIVE else sum(map(_marks, value.values()))
    return sum(map(_marks, value)) if isinstance(value, list) else 0


def _known_account(value: Any) -> str:
    """What a data source of the state says of the caller."""
    listed = value.get("resources") if isinstance(value, dict) else None
    for resource in listed or ():
        if resource.get("type") == "aws_caller_identity":
            for instance in resource.get("instances") or ():
                return str((instance.get("attributes") or {}).get("account_id") or "")
    return ""
