"""Credentials that the user named: a file of a service account, or of a login of gcloud.

Never the default chain: it ends at the metadata address of a machine that is no cloud's. Files that make others be asked for a
token (external accounts) are refused, for they may name any program or address.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.model import CollectionError

_SCOPES = (
    "https://www.googleapis.com/auth/cloud-platform.read-only",
    "https://www.googleapis.com/auth/cloud-identity.groups.readonly",
)
_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where the credentials come from: exactly one of the three."""

    credentials_file: str = ""
    gcloud: bool = False  # the file that `gcloud auth application-default login` writes
    environment: bool = False  # the file that GOOGLE_APPLICATION_CREDENTIALS names


def open_credentials(login: Login) -> Any:
    """Credentials of google-auth, limited to reading; CollectionError if the source holds none."""
    path = _path(login, os.environ)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CollectionError(
            f"{path}: {(error.strerror or str(error)).lower()}; name a file of credentials"
        ) from None
    except ValueError:
        raise CollectionError(
            f"{path}: no JSON; name a file of a service account or of gcloud"
        ) from None
    try:
        return _opened(path, content)
    except ValueError as error:
        raise CollectionError(f"{path}: cannot be used ({error}); make the file anew") from None


def _path(login: Login, variables: Mapping[str, str]) -> Path:
    if sum([bool(login.credentials_file), login.gcloud, login.environment]) != 1:
        raise CollectionError(
            "name where the credentials come from: --credentials-file, --gcloud for the login of "
            f"`gcloud auth application-default login`, or --environment for {_VARIABLE}"
        )
    if login.credentials_file:
        return Path(login.credentials_file)
    if login.environment:
        if not variables.get(_VARIABLE):
            raise CollectionError(f"{_VARIABLE} is not set; set it, or name --credentials-file")
        return Path(variables[_VARIABLE])
    windows = sys.platform == "win32"
    folder = Path(variables.get("APPDATA", "")) if windows else Path.home() / ".config"
    return (
        Path(variables.get("CLOUDSDK_CONFIG") or folder / "gcloud")
        / "application_default_credentials.json"
    )


def _opened(path: Path, content: Any) -> Any:
    from google.oauth2 import credentials, service_account  # noqa: PLC0415 - only for collecting

    sort = content.get("type") if isinstance(content, dict) else None
    if sort == "service_account":
        return service_account.Credentials.from_service_account_info(content, scopes=_SCOPES)  # type: ignore[no-untyped-call] # google-auth tells no types
    if sort == "authorized_user":
        return credentials.Credentials.from_authorized_user_info(content)  # type: ignore[no-untyped-call] # likewise
    raise CollectionError(
        f"{path}: credentials of type {sort!r}; name the file of a service account, or of gcloud's application-default login"
    )
