"""Grants beside policies: of KMS keys, and of a bucket's ACL to everybody.

Source: S3 User Guide, "Access control list (ACL) overview"; KMS Developer Guide, "Grants in AWS KMS": a grant names a principal and operations; its constraints compare the
encryption context, and hold for cryptographic operations that carry one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graph.permissions.aws.context import Context
from graph.permissions.aws.principals import Principal, principal
from graph.permissions.aws.services import facts

_GROUPS = ("AllUsers", "AuthenticatedUsers")
_CONTEXT = "kms:encryptioncontext:"
_WITH_CONTEXT = {
    "decrypt", "encrypt", "generatedatakey", "generatedatakeypair", "reencryptfrom", "reencryptto",
    "generatedatakeywithoutplaintext", "generatedatakeypairwithoutplaintext",
}  # fmt: skip


class Grant(NamedTuple):
    """A grant that allows the request, and the context keys on which that still depends."""

    name: str
    missing: tuple[str, ...]


def granted_by_kms(
    caller: Principal, action: str, context: Context, grants: Iterable[Mapping[str, Any]]
) -> Grant | None:
    """The first grant that allows it, a sure one before one that depends on the encryption context."""
    service, _, operation = action.lower().partition(":")
    found: list[Grant] = []
    for grant in grants if service == "kms" else ():
        operations = {str(item).lower() for item in grant.get("Operations") or ()}
        if operation in operations and _is_grantee(str(grant.get("GranteePrincipal", "")), caller):
            missing = _constrained(grant.get("Constraints"), operation, context)
            if missing is not None:
                name = str(grant.get("Name") or grant.get("GrantId") or "grant")
                found.append(Grant(name, missing))
    return min(found, key=lambda item: len(item.missing), default=None)


def granted_by_acl(caller: Principal, action: str, acl: tuple[str, ...]) -> str:
    """The grant of a bucket's ACL, such as "AllUsers READ", that allows an action (in lower case); "" if none does.

    With object ownership "bucket owner enforced" S3 shows no such grants, so ownership needs no question of its own.
    """
    for grant in acl:
        group, _, permission = grant.partition(" ")
        meant = group == _GROUPS[0] or (group == _GROUPS[1] and bool(caller.account))
        if meant and action in facts().acl.get(permission, ()):
            return grant
    return ""


def _is_grantee(grantee: str, caller: Principal) -> bool:
    other = principal(grantee)
    if grantee == caller.arn or (other.is_root and other.account == caller.account):
        return True
    same_role = bool(caller.role_name) and other.role_name == caller.role_name
    return same_role and not other.session and other.account == caller.account


def _constrained(constraints: Any, operation: str, context: Context) -> tuple[str, ...] | None:
    """Keys that nobody knows; None if the constraints do not hold."""
    if not isinstance(constraints, Mapping) or operation not in _WITH_CONTEXT:
        return ()
    subset = constraints.get("EncryptionContextSubset") or {}
    equal = constraints.get("EncryptionContextEquals")
    missing: list[str] = []
    for key, value in {**subset, **(equal or {})}.items():
        found = context.find(f"{_CONTEXT}{key}".lower())
        if found is None:
            missing.append(f"kms:EncryptionContext:{key}")
        elif found != (str(value),):
            return None
    if equal is not None and not missing:
        given = {key for key in context.values if key.startswith(_CONTEXT)}
        if given - {f"{_CONTEXT}{key}".lower() for key in equal}:
            return None
    return tuple(missing)
