"""What runs in a process of its own: parsing foreign files, holding credentials. Arguments and answers are JSON.

A task writes its snapshot to a file and answers with a summary; the parent reads that file with the reader's limits and
takes nothing else from the child.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.gaps import KNOWN, gap_lines
from graph.model import Snapshot, UserError
from graph.progress import CancelCheck, Progress

Task = Callable[..., dict[str, Any]]


def import_files(
    arguments: Mapping[str, Any], *, progress: Progress, cancelled: CancelCheck
) -> dict[str, Any]:
    """Exports to a snapshot; arguments: paths, out."""
    from app.sources import load  # noqa: PLC0415 - only the child needs the readers

    paths = [Path(path) for path in arguments["paths"]]
    return _save(load(paths, progress=progress, cancelled=cancelled), Path(arguments["out"]))


@contextmanager
def _sdk_of(cloud: str, extra: str) -> Iterator[None]:
    """Say in a sentence what to install where the packages of a cloud are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(
            f"collecting from {cloud} needs packages that are not installed ({error.name}); "
            f"run pip install 'modelhound[{extra}]'"
        ) from error


def collect_aws(
    arguments: Mapping[str, Any], *, progress: Progress, cancelled: CancelCheck
) -> dict[str, Any]:
    """A live AWS account to a snapshot; arguments: profile, environment, regions, endpoint_url, out."""
    with _sdk_of("AWS", "aws"):
        from collectors.aws.live import CollectRequest, collect  # noqa: PLC0415 - the SDK is heavy

        request = CollectRequest(
            profile=arguments["profile"],
            environment=arguments["environment"],
            regions=tuple(arguments["regions"]),
            endpoint_url=arguments["endpoint_url"],
        )
        found = collect(request, progress=progress, cancelled=cancelled)
    return _save(found, Path(arguments["out"]))


def collect_azure(
    arguments: Mapping[str, Any], *, progress: Progress, cancelled: CancelCheck
) -> dict[str, Any]:
    """Live Azure subscriptions and their tenant to a snapshot; arguments: those of the command, out."""
    with _sdk_of("Azure", "azure"):
        from collectors.azure.live import CollectRequest, collect  # noqa: PLC0415 - the SDK is heavy
        from collectors.azure.session import Login  # noqa: PLC0415 - with it

        request = CollectRequest(
            login=Login(
                cli=arguments["az_login"],
                environment=arguments["environment"],
                client_id=arguments["client_id"] or "",
                secret_variable=arguments["secret_variable"] or "",
                tenant=arguments["tenant"] or "",
            ),
            subscriptions=tuple(arguments["subscriptions"]),
            cloud=arguments["cloud"],
            endpoint_url=arguments["endpoint_url"],
        )
        found = collect(request, progress=progress, cancelled=cancelled)
    return _save(found, Path(arguments["out"]))


def collect_gcp(
    arguments: Mapping[str, Any], *, progress: Progress, cancelled: CancelCheck
) -> dict[str, Any]:
    """Live projects, folders or organisations of Google Cloud to a snapshot; arguments: those of the command, out."""
    with _sdk_of("Google Cloud", "gcp"):
        from collectors.gcp.live import CollectRequest, collect  # noqa: PLC0415 - the SDK is heavy
        from collectors.gcp.session import Login  # noqa: PLC0415 - with it

        request = CollectRequest(
            login=Login(
                credentials_file=arguments["credentials_file"] or "",
                gcloud=arguments["gcloud"],
                environment=arguments["environment"],
            ),
            projects=tuple(arguments["projects"]),
            folders=tuple(arguments["folders"]),
            organizations=tuple(arguments["organizations"]),
            regions=tuple(arguments["regions"]),
            endpoint_url=arguments["endpoint_url"],
            grpc_target=arguments["grpc_target"],
        )
        found = collect(request, progress=progress, cancelled=cancelled)
    return _save(found, Path(arguments["out"]))


TASKS: dict[str, Task] = {
    "import": import_files,
    "collect-aws": collect_aws,
    "collect-azure": collect_azure,
    "collect-gcp": collect_gcp,
}


def _save(snapshot: Snapshot, out: Path) -> dict[str, Any]:
    from app.version import VERSION  # noqa: PLC0415 - only when it is asked for
    from graph.snapshot import write_snapshot  # noqa: PLC0415 - only when it is asked for

    write_snapshot(replace(snapshot, tool_version=VERSION), out)
    return {
        "out": str(out),
        "records": len(snapshot.records),
        "calls": len(snapshot.coverage),
        "gaps": sum(entry.state not in KNOWN for entry in snapshot.coverage),
        "gap_lines": gap_lines(snapshot.coverage),
        "redacted": sum(snapshot.redactions.values()),
    }
