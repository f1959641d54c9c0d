"""Credentials that the user named: a profile or the environment, never the instance metadata address.

The SDK's default chain ends at 169.254.169.254; only the sources asked for stay in it.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graph.model import CollectionError

_OF_PROFILE = frozenset(
    {"shared-credentials-file", "config-file", "sso", "assume-role", "custom-process", "login",
     "assume-role-with-web-identity"}
)  # fmt: skip
_OF_ENVIRONMENT = frozenset({"env"})
_ATTEMPTS = 4


def open_session(profile: str | None, *, environment: bool) -> Any:
    """A boto3 session with credentials from exactly one named source; CollectionError if there are none."""
    import boto3  # noqa: PLC0415 - half a second, only for collecting
    from botocore.exceptions import BotoCoreError, ProfileNotFound  # noqa: PLC0415 - only when it is asked for

    if bool(profile) == environment:
        raise CollectionError(
            "name where the credentials come from: --profile NAME, or --environment for the AWS_* variables"
        )
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    try:
        session = boto3.Session(profile_name=profile)
        _restrict(session, _OF_ENVIRONMENT if environment else _OF_PROFILE)
        found = session.get_credentials()
    except ProfileNotFound:
        known = ", ".join(boto3.Session().available_profiles) or "none"
        raise CollectionError(
            f"profile {profile!r} is not in your AWS configuration; it has: {known}"
        ) from None
    except BotoCoreError as error:
        raise CollectionError(f"the credentials could not be read: {error}") from error
    if found is None:
        where = (
            "the environment (AWS_ACCESS_KEY_ID, ...)" if environment else f"profile {profile!r}"
        )
        raise CollectionError(f"{where} holds no credentials; sign in or name another source")
    return session


def _restrict(session: Any, allowed: frozenset[str]) -> None:
    chain = session._session.get_component("credential_provider")  # noqa: SLF001 - boto3 offers no public way
    chain.providers = [each for each in chain.providers if each.METHOD in allowed]


class Clients:
    """One client a service and region, made when first asked for, bound to the operations allowed."""

    def __init__(
        self, session: Any, allowed: Iterable[str], endpoint_url: str | None = None
    ) -> None:
        self._session = session
        self._endpoint_url = endpoint_url
        self._made: dict[tuple[str, str], Any] = {}
        refuse = _refuser(frozenset(allowed))
        session.events.register_first("provide-client-params.*.*", refuse)

    def get(self, service: str, region: str) -> Any:
        """The client of a service in a region."""
        key = (service, region)
        if key not in self._made:
            self._made[key] = self._session.client(
                service,
                region_name=region,
                endpoint_url=self._endpoint_url,
                config=_config(self._endpoint_url),
            )
        return self._made[key]


def _refuser(allowed: frozenset[str]) -> Callable[..., None]:
    def refuse(model: Any, **_: Any) -> None:
        name = f"{model.service_model.service_name}:{model.name}"
        if name not in allowed:
            raise CollectionError(
                f"{name} is not on the list of calls that only read; it was not made"
            )

    return refuse


def _config(endpoint_url: str | None) -> Any:
    from botocore.config import Config  # noqa: PLC0415 - with boto3

    test_bed: Mapping[str, Any] = (
        {"s3": {"addressing_style": "path"}, "inject_host_prefix": False} if endpoint_url else {}
    )
    attempts = 1 if endpoint_url else _ATTEMPTS
    return Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=16,
        user_agent_extra="modelhound",
        **test_bed,
    )
