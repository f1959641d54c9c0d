"""Who a principal is, and how a policy's Principal element names it."""

from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any

from graph.permissions.aws.patterns import MalformedError

ANONYMOUS = "anonymous"
ARN_PARTS = 6
_ACCOUNT_DIGITS = 12
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_PROVIDERS = ("oidc-provider", "saml-provider")
_SERVICE_ENDS = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal")


class Principal:
    """A caller: user, role, role session, account root, federated user, service or nobody in particular.

    It is taken apart once, when it is made: every statement asks several of these.
    """

    __slots__ = (
        "account", "arn", "federated_user", "is_anonymous", "is_identity", "is_provider", "is_root", "is_service",
        "is_service_linked", "is_user", "parts", "role_name", "session",
    )  # fmt: skip

    def __init__(self, arn: str) -> None:
        self.arn = arn
        parts = arn.split(":", 5)
        self.parts = parts if parts[0] == "arn" and len(parts) == ARN_PARTS else []
        """The six parts of the ARN; empty for services and anonymous callers."""
        self.account = self.parts[4] if self.parts else ""
        """The account, "" for anonymous callers and services."""
        named = self.parts[5] if self.parts else ""
        kind, _, name = named.partition("/")
        self.is_anonymous = arn in {ANONYMOUS, "*"}
        """Nobody in particular: no credentials."""
        self.is_service = not self.parts and arn.endswith(_SERVICE_ENDS)
        """An AWS service calling for itself, such as sagemaker.amazonaws.com."""
        self.is_provider = kind in _PROVIDERS or not (
            self.parts or self.is_service or self.is_anonymous
        )
        """An identity provider, for the web identities and SAML subjects that it vouches for."""
        self.is_user = kind == "user" and bool(name)
        """An IAM user."""
        self.is_root = named == "root"
        """The root of an account."""
        self.session = _session(name) if kind == "assumed-role" else None
        """(role name, session name) of an assumed role."""
        behind = name.rpartition("/")[2] if kind == "role" else ""
        self.role_name = self.session[0] if self.session else behind
        """The name, without path, of the role or of the session's role; "" for others."""
        self.federated_user = name if kind == "federated-user" else ""
        """The name of a session that GetFederationToken gave."""
        self.is_identity = bool(self.account) and not self.is_root and not self.is_provider
        """Whether policies of an identity, a boundary and a session policy can be about it."""
        self.is_service_linked = (
            self.role_name.startswith("AWSServiceRoleFor")
            if self.session
            else named.startswith("role/aws-service-role/")
        )
        """Service-linked roles are bound neither by SCPs nor by RCPs. A session's ARN does not show the role's path."""


def _session(name: str) -> tuple[str, str]:
    role, _, session = name.partition("/")
    return role, session


@lru_cache(maxsize=65_536)
def principal(arn: str) -> Principal:
    """The principal of an ARN, taken apart once."""
    return Principal(arn)


class Named(IntEnum):
    """How a statement names the caller; what limits a grant depends on it.

    Source: IAM User Guide, "Policy evaluation logic", how resource-based policies go with boundaries and session policies.
    """

    NOT = 0
    ACCOUNT = 1  # root or account id: delegates to the account's own policies
    ROLE = 2  # a role, or the user of a federated session: boundary and session policy limit it
    DIRECT = 3  # the user, the session, the service, or everybody: nothing implicit limits it


@lru_cache(maxsize=4_096)
def _account_named(value: str) -> str:
    """The account that a principal's name stands for, its root or number; "" for others."""
    if len(value) == _ACCOUNT_DIGITS and value.isdigit():
        return value
    return principal(value).account if value.endswith(":root") else ""


class Principals:
    """A Principal or NotPrincipal element, taken apart once. No name in it may hold a wildcard but * alone."""

    __slots__ = ("accounts", "arns", "everybody", "others", "roles")

    def __init__(self, element: Any) -> None:
        self.everybody = element == "*"
        self.accounts: set[str] = set()
        self.arns: set[str] = set()
        self.roles: set[tuple[str, str]] = set()
        self.others: set[str] = set()  # services and identity providers
        for kind, value in _listed(element):
            if kind != "AWS":
                self.others.add(value)
            elif value == "*":
                self.everybody = True
            else:
                self._add(value)

    def _add(self, value: str) -> None:
        account = _account_named(value)
        if account:
            self.accounts.add(account)
            return
        caller = principal(value)
        self.arns.add(value)
        if caller.role_name and not caller.session:
            self.roles.add((caller.account, caller.role_name))

    def names(self, caller: Principal) -> Named:
        """The strongest way in which the element names the caller."""
        if self.everybody:
            return Named.DIRECT
        if not caller.account or caller.is_provider:
            return Named.DIRECT if caller.arn in self.others else Named.NOT
        if caller.arn in self.arns:
            return Named.ROLE if caller.role_name and not caller.session else Named.DIRECT
        if self._names_what_is_behind(caller):
            return Named.ROLE
        if caller.account in self.accounts:
            return Named.DIRECT if caller.is_root else Named.ACCOUNT
        return Named.NOT

    def _names_what_is_behind(self, caller: Principal) -> bool:
        if caller.session:
            return (caller.account, caller.role_name) in self.roles
        user = f"arn:{caller.parts[1]}:iam::{caller.account}:user/{caller.federated_user}"
        return bool(caller.federated_user) and user in self.arns

    def exempts(self, caller: Principal) -> bool:
        """Whether a NotPrincipal of a Deny leaves the caller out: all of it must be listed, its account as well.

        Source: IAM User Guide, "NotPrincipal": a user with its account; a session with its role and its account.
        """
        if self.everybody or not caller.account or caller.is_provider:
            return self.names(caller) is Named.DIRECT
        if caller.account not in self.accounts:
            return False
        if caller.is_root:
            return True
        behind = not (caller.session or caller.federated_user) or self._names_what_is_behind(caller)
        return caller.arn in self.arns and behind


def _listed(element: Any) -> list[tuple[str, str]]:
    if element == "*":
        return []
    if isinstance(element, str):  # AWS wants an object here; what is meant is plain
        return [("AWS", element)]
    if not isinstance(element, Mapping) or not element:
        raise MalformedError("Principal is neither '*' nor an object of principals")
    found = []
    for kind, values in element.items():
        if kind not in _KINDS:
            raise MalformedError(f"{kind!r} is no kind of principal")
        for value in values if isinstance(values, list | tuple) else [values]:
            if not isinstance(value, str):
                raise MalformedError(f"Principal.{kind} is neither a text nor a list of texts")
            found.append((kind, value))
    return found


def check_element(element: Any) -> None:
    """Raise MalformedError for a Principal element that AWS would refuse."""
    _listed(element)


def named(element: Any, caller: Principal) -> Named:
    """The strongest way in which a Principal element names the caller; NOT for one that is malformed."""
    try:
        return Principals(element).names(caller)
    except MalformedError:
        return Named.NOT
