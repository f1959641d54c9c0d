"""One shape for what clouds and tools write differently, so that mappers see one: used live and on import."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

_DEEPEST = 3  # text in text in text


def normalise(operation: str, body: Any) -> Any:  # noqa: ARG001 - a place for exceptions by operation
    """Policy documents decoded to objects, dates as text, the SDK's ResponseMetadata gone."""
    if isinstance(body, dict) and "ResponseMetadata" in body:
        body = {key: value for key, value in body.items() if key != "ResponseMetadata"}
    return _walk(body)


def decoded_policy(text: str) -> Any:
    """The policy document that a text spells (JSON, URL-encoded JSON, JSON in JSON), or None."""
    for _ in range(_DEEPEST):
        text = text.strip()
        if text[:3].lower() == "%7b":
            text = unquote(text)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if isinstance(value, dict):
            return value if isinstance(value.get("Statement"), list | dict) else None
        if not isinstance(value, str):
            return None
        text = value
    return None


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        if "Statement" in value and value.lstrip()[:1] in {"{", "%", '"'}:
            return decoded_policy(value) or value
        return value
    if isinstance(value, dict):
        return _changed_members(value, _walk)
    if isinstance(value, list | tuple):
        after = [_walk(item) for item in value]
        same = isinstance(value, list) and all(a is b for a, b in zip(after, value, strict=True))
        return value if same else after
    return value.isoformat() if isinstance(value, datetime) else value


def _changed_members(value: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    changed = {key: after for key, item in value.items() if (after := change(item)) is not item}
    return value | changed if changed else value
