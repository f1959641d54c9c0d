"""Credentials that the user named: the Azure CLI's login, the environment, or a client whose secret a variable holds.

Never a default chain: it ends at the metadata address of a machine that is no cloud's.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.azure.ids import is_guid
from collectors.azure.reads import Cloud, clouds
from graph.model import CollectionError

_OF_CLIENT = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID")
_PROOFS = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH")
_REGION, _DETECTED = "AZURE_REGIONAL_AUTHORITY_NAME", frozenset({"tryautodetect", "true"})
_WAIT_FOR_CLI = 60  # seconds; the Azure CLI takes several to start


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where the credentials come from: exactly one of the three."""

    cli: bool = False
    environment: bool = False
    client_id: str = ""
    secret_variable: str = ""  # the name of the environment variable that holds the client's secret
    tenant: str = ""


def cloud_named(name: str) -> Cloud:
    """One of Microsoft's clouds; CollectionError if there is none of that name."""
    known = clouds()
    if name not in known:
        raise CollectionError(f"there is no Azure cloud {name!r}; name one of {', '.join(known)}")
    return known[name]


def open_credential(login: Login, cloud: Cloud) -> Any:
    """A credential of the Azure SDK from the one source that the user named; CollectionError if it holds none."""
    _check(login)
    if os.environ.get(_REGION, "").lower() in _DETECTED:
        del os.environ[_REGION]  # the SDK would find the region out at the metadata address
    if login.cli:
        return _of_cli(login)
    if login.environment:
        return _of_environment(os.environ, login, cloud)
    return _of_client(login, cloud)


def _check(login: Login) -> None:
    named = [login.cli, login.environment, bool(login.client_id or login.secret_variable)]
    if sum(named) != 1:
        raise CollectionError(
            "name where the credentials come from: --az-login, --environment for the AZURE_* variables, "
            "or --client-id with --secret-variable"
        )
    if login.client_id or login.secret_variable:
        lacking = [
            option
            for option, value in (
                ("--client-id", login.client_id),
                ("--secret-variable", login.secret_variable),
                ("--tenant", login.tenant),
            )
            if not value
        ]
        if lacking:
            raise CollectionError(f"a client also needs {' and '.join(lacking)}")


def _of_cli(login: Login) -> Any:
    from azure.identity import AzureCliCredential  # noqa: PLC0415 - a second, only for collecting

    try:
        return AzureCliCredential(tenant_id=login.tenant, process_timeout=_WAIT_FOR_CLI)
    except ValueError as error:
        raise CollectionError(f"{login.tenant!r} is no tenant ({error})") from error


def _of_environment(variables: Mapping[str, str], login: Login, cloud: Cloud) -> Any:
    lacking = [name for name in _OF_CLIENT if not variables.get(name)]
    if not any(variables.get(name) for name in _PROOFS):
        lacking.append(" or ".join(_PROOFS))
    if lacking:
        raise CollectionError(
            f"the environment holds no credentials: set {_listed(lacking)}, or name another source"
        )
    tenant, client = (variables[name] for name in _OF_CLIENT)
    if login.tenant and login.tenant != tenant:
        raise CollectionError(f"AZURE_TENANT_ID is {tenant}, not {login.tenant}; name one tenant")
    authority = variables.get("AZURE_AUTHORITY_HOST") or cloud.authority
    if secret := variables.get("AZURE_CLIENT_SECRET"):
        return _client(tenant, client, secret, authority)
    return _certified(tenant, client, variables, authority)


def _of_client(login: Login, cloud: Cloud) -> Any:
    secret = os.environ.get(login.secret_variable)
    if not secret:
        raise CollectionError(
            f"the environment variable {login.secret_variable} is not set; put the client's secret into it"
        )
    return _client(login.tenant, login.client_id, secret, cloud.authority)


def _client(tenant: str, client: str, secret: str, authority: str) -> Any:
    from azure.identity import ClientSecretCredential  # noqa: PLC0415 - a second, only for collecting

    try:
        return ClientSecretCredential(tenant, client, secret, **_signing_in_at(authority))
    except ValueError as error:
        raise CollectionError(f"the client's credentials cannot be used: {error}") from error


def _signing_in_at(authority: str) -> dict[str, Any]:
    """Options of a credential; an authority that is none of Microsoft's is not asked about at Microsoft's."""
    known = {cloud.authority for cloud in clouds().values()}
    own = authority.removeprefix("https://").rstrip("/") not in known
    return {"authority": authority, "disable_instance_discovery": own}


def _certified(tenant: str, client: str, variables: Mapping[str, str], authority: str) -> Any:
    from azure.identity import CertificateCredential  # noqa: PLC0415 - a second, only for collecting

    path = variables["AZURE_CLIENT_CERTIFICATE_PATH"]
    password = variables.get("AZURE_CLIENT_CERTIFICATE_PASSWORD")
    try:
        return CertificateCredential(
            tenant, client, path, password=password, **_signing_in_at(authority)
        )
    except (ValueError, OSError) as error:
        raise CollectionError(f"the certificate {path} cannot be used: {error}") from error


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def subscription_id(text: str) -> str:
    """The id of a subscription as the user gave it; CollectionError if it is none."""
    found = text.strip().removeprefix("/subscriptions/").lower()
    if not is_guid(found):
        raise CollectionError(
            f"{text!r} is no subscription id; take it from `az account list` (id), such as "
            "10000000-0000-0000-0000-000000000001"
        )
    return found
