"""The parameters that a saved answer was asked with: many answers do not say whose they are."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from collectors.exports.places import ACCOUNT, REGION
from collectors.exports.recognise import Operation

_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::([^/*?]+)")
_FUNCTION = re.compile(r"(arn:aws[a-z-]*:lambda:[^:]+:\d{12}:function:)?([^:*]+)(?::[^:]+)?")
_BENT_ARN = re.compile(r"arn[-_.]aws")  # its colons cannot be told from other marks any more
_EDGE = "_-. "
# A parameter whose value the elements of the answer share under another name; one that has one possible value.
_SHARED = {"Filter": "Type"}
_ONLY = {("kms:GetKeyPolicy", "PolicyName"): "default"}


def question(
    operation: Operation, body: Any, parts: Sequence[str], account: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The parameters that could be found, and the names of those that could not."""
    found: dict[str, str] = {}
    for name in operation.input:
        value = _on_top(body, name) or _shared(body, _SHARED.get(name, name))
        value = value or _on_top(body, operation.from_.get(name, name))
        value = value or (account if name == "AccountId" else "") or _of_policy(name, body)
        value = value or _ONLY.get((operation.name, name), "")
        if value:
            found[name] = value
    missing = [name for name in operation.input if name not in found]
    said = named(operation, parts)
    for value in found.values():
        said = said.removesuffix(f"_{value}").removeprefix(f"{value}_")
    values = [said] if len(missing) == 1 else said.split("_")
    if missing and said and len(values) == len(missing):
        found |= dict(zip(missing, values, strict=True))
        missing = []
    return found, tuple(missing)


def named(operation: Operation, parts: Sequence[str]) -> str:
    """What a file's name holds beside operation, service, account and region."""
    stem = parts[-1].removesuffix(".gz").removesuffix(".json")
    words = "[-_ ]?".join(map(re.escape, operation.cli.split("-")))
    service = rf"(?:(?<![A-Za-z0-9]){re.escape(operation.client)}(?:api)?[-_. ])?"
    spoken = re.search(rf"{service}(?<![A-Za-z0-9]){words}(?![A-Za-z0-9])", stem, re.IGNORECASE)
    if spoken:
        rests = [stem[spoken.end() :], stem[: spoken.start()]]
    elif any(re.search(words, part, re.IGNORECASE) for part in parts[:-1]):
        rests = [stem]
    else:
        return ""
    found = next((rest for text in rests if (rest := _without_place(text))), "")
    return "" if _BENT_ARN.match(found) else found


def _without_place(text: str) -> str:
    """A name without the account and region beside it."""
    text = text.strip(_EDGE)
    for place in (REGION, ACCOUNT, REGION):
        for match in place.finditer(text):
            if match.start() == 0:
                text = text[match.end() :]
                break
            if match.end() == len(text) and text[match.start() - 1] in _EDGE:
                text = text[: match.start()]
                break
        text = text.strip(_EDGE)
    return text


def _on_top(body: Any, name: str) -> str:
    """The value of a member on top, or in the one object on top."""
    if not isinstance(body, dict):
        return ""
    members = [body, *(value for value in body.values() if isinstance(value, dict))]
    return next((item[name] for item in members if isinstance(item.get(name), str)), "")


def _shared(body: Any, name: str) -> str:
    """The value that all elements of a list share. Never their own name: "Id" is the account's, not its parent's."""
    for value in body.values() if isinstance(body, dict) else ():
        if isinstance(value, list):
            shared = {item.get(name) for item in value if isinstance(item, dict)}
            if len(shared) == 1 and isinstance(only := shared.pop(), str):
                return only
    return ""


def _of_policy(name: str, body: Any) -> str:
    """The bucket or function that a resource policy names."""
    if name not in {"Bucket", "FunctionName"} or not isinstance(body, dict):
        return ""
    document = body.get("Policy")
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    pattern, group = (_BUCKET, 1) if name == "Bucket" else (_FUNCTION, 2)
    found = {
        match[group]
        for statement in _listed(statements)
        if isinstance(statement, dict)
        for resource in _listed(statement.get("Resource"))
        if isinstance(resource, str) and (match := pattern.match(resource))
    }
    return found.pop() if len(found) == 1 else ""


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
