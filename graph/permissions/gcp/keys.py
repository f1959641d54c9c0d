"""API keys: which models a key calls that nothing limits to other services. A key is known to whoever finds it.

Source: Google Cloud, manage API keys; Gemini API, using API keys.
"""

from collections.abc import Iterator

from graph.estate import Estate
from graph.model import Asset, Relationship, Verdict

_KEY, _MODEL = "apikeys.googleapis.com/Key", "aiplatform.googleapis.com/PublisherModel"
_GEMINI = "generativelanguage.googleapis.com"
_GOOGLE = "/publishers/google/"


def key_edges(estate: Estate) -> Iterator[Relationship]:
    """CAN_INVOKE from keys to Google's models; whether their API is switched on, only keys that name it tell."""
    models = [
        asset for asset in estate.assets.values() if asset.kind == _MODEL and _GOOGLE in asset.id
    ]
    for key in estate.of_label("APIKey") if models else ():
        if key.kind == _KEY:
            yield from _edges(key, models)


def _edges(key: Asset, models: list[Asset]) -> Iterator[Relationship]:
    missing: list[str] = []
    targets = key.properties.get("api_targets")
    if "api_targets" not in key.properties:
        missing.append(f"{key.name}: which services it may call was not read")
    elif targets and _GEMINI not in targets:
        return
    elif not targets:
        missing.append(f"whether {_GEMINI} is switched on in the project of {key.name}")
    proof = key.evidence_for("api_targets")
    for model in models:
        yield Relationship(
            source=key.id,
            kind="CAN_INVOKE",
            target=model.id,
            verdict=Verdict.UNDECIDED if missing else Verdict.YES,
            evidence=(proof,) if proof else key.evidence[:1],
            missing=tuple(missing),
            properties={"actions": ["models.generateContent"]},
        )
