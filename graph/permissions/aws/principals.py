"""Who a principal is, and how a policy's Principal element names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

ANONYMOUS = "anonymous"
ARN_PARTS = 6


@dataclass(frozen=True)
class Principal:
    """A caller: user, role, role session, account root, federated user, service or nobody in particular."""

    arn: str

    @cached_property
    def parts(self) -> list[str]:
        """The six parts of the ARN; empty for services and anonymous callers."""
        parts = self.arn.split(":", 5)
        return parts if parts[0] == "arn" and len(parts) == ARN_PARTS else []

    @property
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
        return not self.parts and ".amazonaws.com" in self.arn

    @property
    def is_user(self) -> bool:
        """An IAM user."""
        return bool(self.parts) and self.parts[5].startswith("user/")

    @property
    def is_root(self) -> bool:
        """The root of an account."""
        return bool(self.parts) and self.parts[5] == "root"

    @cached_property
    def session(self) -> tuple[str, str] | None:
        """(role name, session name) of an assumed role."""
        if bool(self.parts) and self.parts[5].startswith("assumed-role/"):
            _, role, name = [*self.parts[5].split("/", 2), ""][:3]
            return role, name
        return None

    @cached_property
    def role_name(self) -> str:
        """The name, without path, of the role or of the session's role; "" for others."""
        if self.session:
            return self.session[0]
        is_role = bool(self.parts) and self.parts[5].startswith("role/")
        return self.parts[5].rpartition("/")[2] if is_role else ""

    @property
    def is_service_linked(self) -> bool:
        """Service-linked roles are not bound by SCPs."""
        return bool(self.parts) and (
            self.parts[5].startswith("role/aws-service-role/")
            or self.role_name.startswith("AWSServiceRoleFor")
        )


class Named(IntEnum):
    """How a statement names the caller; what limits a grant depends on it (identity.md, section 1.2)."""

    NOT = 0
    ACCOUNT = 1  # root or account id: delegates to the account's own policies
    ROLE = 2  # a role: its sessions stay limited by boundary and session policy
    DIRECT = 3  # the user, the session, the service, or everybody: nothing implicit limits it


def named(element: Any, caller: Principal) -> Named:
    """The strongest way in which a Principal element names the caller."""
    if element == "*":
        return Named.DIRECT
    if not isinstance(element, Mapping):
        return Named.NOT
    best = Named.NOT
    for kind, values in element.items():
        for value in [values] if isinstance(values, str) else values or ():
            best = max(best, _named_by(kind, str(value), caller))
    return best


def exempts(element: Any, caller: Principal) -> bool:
    """Whether NotPrincipal leaves the caller out: a user with its account, a session with its role and account.

    Source: IAM User Guide, "NotPrincipal": the account of an exempted principal must be listed as well.
    """
    if element == "*":
        return True
    if not isinstance(element, Mapping):
        return False
    values = element.get("AWS", ())
    listed = [values] if isinstance(values, str) else list(values)
    names = [_named_by("AWS", str(value), caller) for value in listed]
    if caller.is_service:
        return named(element, caller) is Named.DIRECT
    wanted = {Named.DIRECT} if not caller.session else {Named.DIRECT, Named.ROLE}
    if caller.role_name and not caller.session:
        wanted = {Named.ROLE}
    if caller.is_root:
        return Named.ACCOUNT in names or Named.DIRECT in names
    return wanted <= set(names) and Named.ACCOUNT in names


def _named_by(kind: str, value: str, caller: Principal) -> Named:
    if kind == "AWS":
        return _named_as_aws(value, caller)
    if kind in {"Service", "Federated"} and value == caller.arn:
        return Named.DIRECT
    return Named.NOT


def _named_as_aws(value: str, caller: Principal) -> Named:
    if value == "*":
        return Named.DIRECT
    if caller.is_anonymous or caller.is_service:
        return Named.NOT
    if value == caller.account or (
        value.endswith(":root") and value.split(":")[4:5] == [caller.account]
    ):
        return Named.DIRECT if caller.is_root else Named.ACCOUNT
    if value == caller.arn:
        return Named.ROLE if caller.role_name and not caller.session else Named.DIRECT
    if caller.session:
        other = Principal(value)
        same_role = other.role_name == caller.role_name and not other.session
        return Named.ROLE if same_role and other.account == caller.account else Named.NOT
    return Named.NOT
