"""Credentials that the user named: a profile or the environment, never the instance metadata address.

The SDK's default chain ends at 169.254.169.254; only the sources asked for stay in it.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from collectors.aws.calls import check_answer
from graph.model import CollectionError

_OF_PROFILE = frozenset(
    {"shared-credentials-file", "config-file", "sso", "assume-role", "custom-process", "login",
     "assume-role-with-web-identity"}
)  # fmt: skip
_OF_ENVIRONMENT = frozenset({"env"})
_HOMES = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


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
    except ProfileNotFound as error:
        raise CollectionError(_no_profile(profile)) from error
    except BotoCoreError as error:
        raise CollectionError(f"the credentials could not be read: {error}") from error
    _check(session, found, profile)
    return session


def _check(session: Any, found: Any, profile: str | None) -> None:
    """Refuse a source without credentials, and one that would ask for a code where nobody can type it."""
    if found is None:
        where = f"profile {profile!r}" if profile else "the environment (AWS_ACCESS_KEY_ID, ...)"
        raise CollectionError(f"{where} holds no credentials; sign in or name another source")
    if profile and session._session.get_scoped_config().get("mfa_serial"):  # noqa: SLF001 - boto3 offers no public way
        raise CollectionError(
            f"profile {profile!r} asks for an MFA code, and nobody can type it here; get a session first "
            "(aws sts get-session-token, or single sign-on) and collect with that"
        )


def _no_profile(profile: str | None) -> str:
    import botocore.session  # noqa: PLC0415 - with boto3

    known = ", ".join(sorted(botocore.session.Session().full_config["profiles"]))
    named = profile or os.environ.get("AWS_PROFILE", "")
    through = "" if profile else " (from AWS_PROFILE)"
    return f"profile {named!r}{through} is not in your AWS configuration; it has: {known or 'none'}"


def _restrict(session: Any, allowed: frozenset[str]) -> None:
    """Leave only what was asked for in the chain, also where a profile sends on to another source."""
    from botocore.credentials import CanonicalNameCredentialSourcer, EnvProvider  # noqa: PLC0415 - with boto3

    chain = session._session.get_component("credential_provider")  # noqa: SLF001 - boto3 offers no public way
    chain.providers = [each for each in chain.providers if each.METHOD in allowed]
    for provider in chain.providers:
        if hasattr(provider, "_credential_sourcer"):  # `credential_source = Ec2InstanceMetadata`
            provider._credential_sourcer = CanonicalNameCredentialSourcer([EnvProvider()])  # noqa: SLF001 - likewise


def home_region(session: Any, region: str | None) -> str:
    """Where the global services of a partition answer: that of the region, or of the profile's own."""
    named = region or session.region_name
    partition = (
        session.get_partition_for_region(named) if named in known_regions(session) else "aws"
    )
    return _HOMES.get(partition, "us-east-1")


def known_regions(session: Any) -> frozenset[str]:
    """Every region of every partition that the SDK knows."""
    return frozenset(
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("ec2", partition)
    )


class Clients:
    """One client a service and region, made when first asked for, bound to the operations allowed."""

    def __init__(
        self, session: Any, allowed: Iterable[str], endpoint_url: str | None = None, **config: Any
    ) -> None:
        """`config` goes to botocore's Config: timeouts and retries."""
        self._session = session
        self._endpoint_url = endpoint_url
        self._config = _config(endpoint_url, config)
        self._refuse = _refuser(frozenset(allowed))
        self._made: dict[tuple[str, str], Any] = {}
        self._making = Lock()

    def get(self, service: str, region: str) -> Any:
        """The client of a service in a region; boto3 cannot make two at the same time."""
        key = (service, region)
        with self._making:
            if key not in self._made:
                self._made[key] = self._new(service, region)
            return self._made[key]

    def _new(self, service: str, region: str) -> Any:
        client = self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            config=self._config,
        )
        client.meta.events.register_first("provide-client-params.*.*", self._refuse)
        client.meta.events.register_first("before-parse.*.*", check_answer)
        return client

    def forget(self, region: str) -> None:
        """Let go of the clients of a region; they would be made anew."""
        with self._making:
            for key in [key for key in self._made if key[1] == region]:
                self._made.pop(key).close()

    def may_be_missing(self, service: str, region: str) -> bool:
        """True unless the SDK knows that the service is offered in the region."""
        return region not in self._session.get_available_regions(service)


def _refuser(allowed: frozenset[str]) -> Callable[..., None]:
    def refuse(model: Any, **_: Any) -> None:
        name = f"{model.service_model.service_name}:{model.name}"
        if name not in allowed:
            raise CollectionError(
                f"{name} is not on the list of calls that only read; it was not made"
            )

    return refuse


def _config(endpoint_url: str | None, given: Mapping[str, Any]) -> Any:
    from botocore.config import Config  # noqa: PLC0415 - with boto3

    test_bed: Mapping[str, Any] = (
        {"s3": {"addressing_style": "path"}, "inject_host_prefix": False} if endpoint_url else {}
    )
    return Config(max_pool_connections=16, user_agent_extra="modelhound", **test_bed, **given)
