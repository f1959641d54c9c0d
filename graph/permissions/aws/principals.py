"""Who a principal is, and how a policy's Principal element names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Any

from graph.permissions.aws.patterns import MalformedError

ANONYMOUS = "anonymous"
ARN_PARTS = 6
_ACCOUNT_DIGITS = 12
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_SERVICE_ENDS = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal")


@dataclass(frozen=True)
class Principal:
    """A caller: user, role, role session, account root, federated user, service or nobody in particular."""

    arn: str

    @cached_property
    def parts(self) -> list[str]:
        """The six parts of the ARN; empty for services and anonymous callers."""
        parts = self.arn.split(":", 5)
        return parts if parts[0] == "arn" and len(parts) == ARN_PARTS else []

    @cached_property
    def account(self) -> str:
        """The account, "" for anonymous callers and services."""
        return self.parts[4] if self.parts else ""

    @property
    def is_anonymous(self) -> bool:
        """Nobody in particular: no credentials."""
        return self.arn in {ANONYMOUS, "*"}

    @property
    def is_service(self) -> bool:
        """An AWS service calling for itself, such as sagemaker.amazonaws.com."""
        return not self.parts and self.arn.endswith(_SERVICE_ENDS)

    @cached_property
    def is_provider(self) -> bool:
        """An identity provider, for the web identities and SAML subjects that it vouches for."""
        named = self._is("oidc-provider/") or self._is("saml-provider/")
        return named or (not self.parts and not self.is_service and not self.is_anonymous)

    @property
    def is_user(self) -> bool:
        """An IAM user."""
        return self._is("user/")

    @cached_property
    def is_root(self) -> bool:
        """The root of an account."""
        return bool(self.parts) and self.parts[5] == "root"

    @cached_property
    def session(self) -> tuple[str, str] | None:
        """(role name, session name) of an assumed role."""
        if self._is("assumed-role/"):
            _, role, name = [*self.parts[5].split("/", 2), ""][:3]
            return role, name
        return None

    @cached_property
    def role_name(self) -> str:
        """The name, without path, of the role or of the session's role; "" for others."""
        if self.session:
            return self.session[0]
        return self.parts[5].rpartition("/")[2] if self._is("role/") else ""

    @cached_property
    def federated_user(self) -> str:
        """The name of a session that GetFederationToken gave."""
        return self.parts[5].partition("/")[2] if self._is("federated-user/") else ""

    @property
    def is_identity(self) -> bool:
        """Whether policies of an identity, a boundary and a session policy can be about it."""
        return bool(self.account) and not self.is_root and not self.is_provider

    @cached_property
    def is_service_linked(self) -> bool:
        """Service-linked roles are bound neither by SCPs nor by RCPs. A session's ARN does not show the role's path."""
        if self.session:
            return self.role_name.startswith("AWSServiceRoleFor")
        return self._is("role/aws-service-role/")

    def _is(self, prefix: str) -> bool:
        return bool(self.parts) and self.parts[5].startswith(prefix)


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
