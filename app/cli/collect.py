"""Commands that read a live account into a snapshot, one a cloud."""

from collections.abc import Callable
from typing import Any

import click

from app.cli.arguments import PATH
from app.cli.making import make_snapshot


@click.group()
def collect() -> None:
    """Read a live account into a snapshot; read-only, credentials are never stored.

    \b
    Example:
      modelhound collect aws --profile audit --out estate.hound
      modelhound collect azure --az-login --out estate.hound
      modelhound collect gcp --gcloud --organization 123456789012 --out estate.hound
    """


def _of_every_cloud(command: Callable[..., None]) -> Callable[..., None]:
    out = click.option("--out", required=True, type=PATH, help="The .hound file to write.")
    endpoint = click.option(
        "--endpoint-url", help="Another address for every service, for test servers."
    )
    return endpoint(out(command))


@collect.command()
@click.option("--profile", help="AWS profile to use, from your AWS configuration.")
@click.option("--environment", is_flag=True, help="Use the AWS_* environment variables instead.")
@click.option(
    "--region", "regions", multiple=True, help="A region; repeatable. Default: all enabled."
)
@_of_every_cloud
def aws(**arguments: Any) -> None:
    """Collect from AWS with a named profile, or with the environment's credentials if you say so.

    \b
    Example:
      modelhound collect aws --profile audit --region eu-central-1 --out estate.hound
    """
    make_snapshot("collect-aws", {**arguments, "out": str(arguments["out"])})


@collect.command()
@click.option("--az-login", is_flag=True, help="Use the login of the Azure CLI (az login).")
@click.option("--environment", is_flag=True, help="Use the AZURE_* environment variables instead.")
@click.option("--client-id", help="Or an application of your tenant, by its client id ...")
@click.option(
    "--secret-variable", help="... and the environment variable that holds its client secret."
)
@click.option("--tenant", help="The tenant to sign in to; a client needs it.")
@click.option(
    "--subscription",
    "subscriptions",
    multiple=True,
    help="A subscription id; repeatable. Default: all that the credentials show.",
)
@click.option("--cloud", default="public", show_default=True, help="public, usgovernment or china.")
@_of_every_cloud
def azure(**arguments: Any) -> None:
    """Collect from Azure and Entra with the Azure CLI's login, the environment, or a client that you name.

    What the credentials need: `modelhound policy azure`. Keys and secrets are never asked for.

    \b
    Example:
      az login --tenant contoso.example
      modelhound collect azure --az-login --subscription 10000000-0000-0000-0000-000000000001 --out estate.hound
    """
    make_snapshot("collect-azure", {**arguments, "out": str(arguments["out"])})


@collect.command()
@click.option("--credentials-file", help="A service account's key file, or gcloud's login file.")
@click.option("--gcloud", is_flag=True, help="Use the login of gcloud auth application-default.")
@click.option(
    "--environment", is_flag=True, help="Use the file that GOOGLE_APPLICATION_CREDENTIALS names."
)
@click.option("--project", "projects", multiple=True, help="A project id; repeatable.")
@click.option("--folder", "folders", multiple=True, help="A folder's number; repeatable.")
@click.option(
    "--organization", "organizations", multiple=True, help="An organisation's number; repeatable."
)
@click.option(
    "--region",
    "regions",
    multiple=True,
    help="A region to ask for Vertex AI, beside those where Asset Inventory knows something; repeatable.",
)
@click.option(
    "--grpc-target", help="Beside --endpoint-url: host and port of a test server for gRPC."
)
@_of_every_cloud
def gcp(**arguments: Any) -> None:
    """Collect from Google Cloud with a credentials file or gcloud's login, never from the metadata server.

    What the credentials need: `modelhound policy gcp`. Asset Inventory is asked first; keys and secrets never.

    \b
    Example:
      gcloud auth application-default login
      modelhound collect gcp --gcloud --project my-project-123 --out estate.hound
    """
    make_snapshot("collect-gcp", {**arguments, "out": str(arguments["out"])})
