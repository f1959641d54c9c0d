"""Credentials of one cloud that are kept in a secret store of another, or of the same.

A secret's value is never read; its tags may still name what it is: the id of an access key (redacted to its first and last
four characters), the ARN of a user, the e-mail of a service account, the client id of an application. Such a tag may be out of
date, so the step stays undecided and says what would decide it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from graph.estate import Estate
from graph.model import Asset, Evidence, Relationship, Verdict

_KEY_ID = re.compile(r"(AKIA)[A-Z0-9*]{8,}([A-Z0-9]{4})")
_CLIENT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def derive_stored_credentials(estate: Estate) -> Iterator[Relationship]:
    """Secret -HAS_CREDENTIAL-> access key, service account or application that one of its tags names."""
    known = _named(estate)
    for secret in estate.of_label("Secret"):
        tags = secret.properties.get("tags")
        for name, value in sorted((tags or {}).items()):
            for spelling in dict.fromkeys(_spellings(str(value))):
                for target in known.get(spelling, ()):
                    yield _edge(secret, str(name), target)


def _edge(secret: Asset, tag: str, target: Asset) -> Relationship:
    proof = secret.evidence_for("tags")
    told = (Evidence(record=proof.record, pointer=proof.pointer, note=tag),) if proof else ()
    own = tuple(Evidence(record=e.record, pointer=e.pointer) for e in target.evidence[:1])
    return Relationship(
        source=secret.id,
        kind="HAS_CREDENTIAL",
        target=target.id,
        verdict=Verdict.UNDECIDED,
        evidence=told + own,
        missing=(
            f"{secret.name}: whether its value is still a working credential of {target.name}, as its tag {tag} says",
        ),
    )


def _spellings(value: str) -> Iterator[str]:
    """What a tag may name, as `_named` spells it."""
    text = value.strip()
    yield text
    if found := _KEY_ID.fullmatch(text):
        yield f"{found[1]} {found[2]}"
    if _CLIENT_ID.fullmatch(text):
        yield text.lower()


def _named(estate: Estate) -> Mapping[str, list[Asset]]:
    """Credentials and identities by what a tag may call them."""
    found: dict[str, list[Asset]] = defaultdict(list)
    for key in estate.of_label("AccessKey"):
        if key.id.startswith("arn:") and key.properties.get("status") != "Inactive":
            found[f"AKIA {key.id[-4:]}"].append(key)
    for account in estate.of_label("ServiceAccount"):
        found[account.id.removeprefix("serviceAccount:")].append(account)
    for application in estate.of_label("ThirdPartyApp"):
        if client := application.properties.get("client_id"):
            found[str(client).lower()].append(application)
    return found
