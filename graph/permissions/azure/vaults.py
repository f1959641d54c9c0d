"""Key vaults that decide by access policies of their own: roles then give no data of them.

Source: Azure Key Vault documentation, access policy against RBAC. A policy names an object id (a user, a group or a
service principal) and verbs for secrets, keys and certificates.
"""

import re
from dataclasses import dataclass

from graph.estate import Estate
from graph.model import Asset, Evidence
from graph.permissions.azure.abac import Request
from graph.permissions.azure.members import Acting, Members
from graph.permissions.question import ALLOWED, IMPLICIT, UNDECIDED
from graph.permissions.truth import Truth, any_of

_VAULT = re.compile(
    r"(/subscriptions/.+/providers/microsoft\.keyvault/vaults/[^/]+)", re.IGNORECASE
)
# Data actions of a vault, and the verbs of an access policy that are the same.
_VERBS: dict[str, tuple[str, str]] = {
    "microsoft.keyvault/vaults/secrets/getsecret/action": ("secrets", "get"),
    "microsoft.keyvault/vaults/secrets/setsecret/action": ("secrets", "set"),
    "microsoft.keyvault/vaults/secrets/readmetadata/action": ("secrets", "list"),
    "microsoft.keyvault/vaults/secrets/delete": ("secrets", "delete"),
    "microsoft.keyvault/vaults/keys/read": ("keys", "get"),
    "microsoft.keyvault/vaults/keys/decrypt/action": ("keys", "decrypt"),
    "microsoft.keyvault/vaults/keys/encrypt/action": ("keys", "encrypt"),
    "microsoft.keyvault/vaults/keys/sign/action": ("keys", "sign"),
    "microsoft.keyvault/vaults/keys/unwrap/action": ("keys", "unwrapkey"),
    "microsoft.keyvault/vaults/keys/wrap/action": ("keys", "wrapkey"),
    "microsoft.keyvault/vaults/certificates/read": ("certificates", "get"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policed:
    """What access policies say."""

    word: str
    statement: str = ""
    reason: str = ""
    missing: tuple[str, ...] = ()
    proofs: tuple[Evidence, ...] = ()


class Vaults:
    """The vaults of an estate that do not use roles for their data."""

    def __init__(self, estate: Estate) -> None:
        self._by_id: dict[str, Asset] = {
            asset.id.lower(): asset
            for asset in estate.of_label("SecretStore")
            if "rbac_authorization" in asset.properties
            and not asset.properties["rbac_authorization"]
        }

    def decide(self, acting: Acting, request: Request, members: Members) -> Policed | None:
        """The answer of a vault's own policies; None where roles decide."""
        found = _VAULT.match(request.resource)
        vault = self._by_id.get(found[1].lower()) if found else None
        if vault is None:
            return None
        section, verb = _VERBS.get(request.operation.lower(), ("", ""))
        rows = vault.properties.get("access_policies") or ()
        truths = [
            members.is_named(row["object_id"], "Group", acting)
            for row in rows
            if {verb, "all"} & {str(item).lower() for item in row.get(section) or ()}
        ]
        proof = vault.evidence_for("access_policies")
        return _policed(any_of(truths), vault, (proof,) if proof else ())


def _policed(truth: Truth, vault: Asset, proofs: tuple[Evidence, ...]) -> Policed:
    statement = f"access policies of {vault.name}"
    if truth.value:
        return Policed(
            word=ALLOWED,
            statement=statement,
            reason="an access policy of the vault gives it",
            proofs=proofs,
        )
    if truth.value is None:
        return Policed(
            word=UNDECIDED,
            statement=statement,
            reason=f"it depends on {', and on '.join(truth.missing)}",
            missing=truth.missing,
            proofs=proofs,
        )
    reason = "the vault decides by access policies, and none gives it"
    return Policed(word=IMPLICIT, statement=statement, reason=reason)
