"""Terraform state of google as if Google's APIs had answered (see collectors.translation)."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from collectors import translation
from collectors.gcp import names
from collectors.gcp.answer import Answer
from collectors.origin import Origin
from collectors.translation import Source, Translation, restored
from graph.estate import Piece
from graph.model import Asset

PREFIX = "terraform:google_"
_ITEM = "/items/0"


@cache
def table() -> Mapping[str, tuple[Translation, ...]]:
    """Translations by resource type."""
    return translation.table("mapping/terraform_gcp.toml")


def translated(resource: Answer) -> Iterator[tuple[Answer, Origin]]:
    """The answers that a resource stands for, each with the way back; an unknown type gives none."""
    for each in table().get(resource.operation.removeprefix("terraform:"), ()):
        if each.applies(resource.body):
            made = each.translate(resource.body, _spelled)
            answer = replace(
                resource, operation=each.operation, params=made.params, body={"items": [made.body]}
            )
            yield answer, _of_list(made.origin)


def _of_list(origin: Origin) -> Origin:
    """The way back from the one item of a list."""
    return Origin(
        leaves={_ITEM + pointer: raw for pointer, raw in origin.leaves.items()},
        above={_ITEM + pointer: raw for pointer, raw in origin.above.items()} | {_ITEM: ""},
    )


def led_back(pieces: Iterable[Piece], origin: Origin) -> Iterator[Piece]:
    """Pieces with evidence in the resource; what it does not tell is left out."""
    return restored(pieces, origin)


def joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """One allow policy of all the bindings that several resources make of one thing."""
    bindings: dict[str, list[Any]] = defaultdict(list)
    for piece in pieces:
        policy = piece.properties.get("iam_policy") if isinstance(piece, Asset) else None
        if isinstance(piece, Asset) and policy:
            known = bindings[piece.id]
            known += [binding for binding in policy["bindings"] if binding not in known]
    for piece in pieces:
        if isinstance(piece, Asset) and piece.properties.get("iam_policy"):
            policy = {**piece.properties["iam_policy"], "bindings": bindings[piece.id]}
            yield replace(piece, properties={**piece.properties, "iam_policy": policy})
        else:
            yield piece


def _spelled(value: Any, source: Source) -> Any:
    return _WORDS[source.word](value) if source.word else value


def _named(service: str) -> Callable[[Any], str]:
    """The full resource name of a relative one; policies of a part of a resource end with its role and member."""

    def named(value: Any) -> str:
        path = str(value).removeprefix(f"//{service}/")
        parts = path.split("/roles/")[0].split(" ")[0].split("/")
        return f"//{service}/{'/'.join(parts)}"

    return named


def _container(sort: str) -> Callable[[Any], str]:
    return lambda value: names.container(f"{sort}s/{str(value).rpartition('/')[2]}")


def _json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return {}


def _flag(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _deny(value: Any) -> str:
    """`<attachment>/<name>` as the provider writes it, as the name of the policy."""
    text = str(value)
    if "/denypolicies/" in text:
        return text
    attachment, _, name = text.rpartition("/")
    return f"policies/{attachment.removeprefix('policies/')}/denypolicies/{name}"


def _run_old(value: Any) -> str:
    """`locations/L/namespaces/P/services/S` of the first provider resource."""
    parts = str(value).split("/")
    if "namespaces" in parts and len(parts) > 5:  # noqa: PLR2004 - three pairs
        return f"//run.googleapis.com/projects/{parts[3]}/locations/{parts[1]}/services/{parts[5]}"
    return f"//run.googleapis.com/{value}"


_WORDS: Mapping[str, Callable[[Any], Any]] = {
    "project": _container("project"), "folder": _container("folder"), "organization": _container("organization"),
    "in_folder": lambda value: f"folders/{value}", "in_organization": lambda value: f"organizations/{value}",
    "bucket": lambda value: f"//storage.googleapis.com/{str(value).removeprefix('b/')}",
    "account": _named("iam.googleapis.com"), "secret": _named("secretmanager.googleapis.com"),
    "key": _named("cloudkms.googleapis.com"), "dataset": _named("bigquery.googleapis.com"),
    "run": _run_old, "run_old": _run_old, "function": _named("cloudfunctions.googleapis.com"),
    "ai": _named("aiplatform.googleapis.com"), "ai_endpoint": _named("aiplatform.googleapis.com"),
    "notebook": _named("notebooks.googleapis.com"), "json": _json, "flag": _flag, "deny": _deny,
}  # fmt: skip
