"""Commands that print what a collector must be allowed to do."""

import click

from app.cli.output import print_json


@click.group()
def policy() -> None:
    """Print the least privilege that collecting from a cloud needs; read-only.

    \b
    Example:
      modelhound policy aws > modelhound-read.json
      modelhound policy azure > modelhound-read.json
    """


@policy.command()
def aws() -> None:
    """The IAM policy for `modelhound collect aws`: one action for each call, none that writes.

    \b
    Example:
      modelhound policy aws > modelhound-read.json
      aws iam create-policy --policy-name modelhound-read --policy-document file://modelhound-read.json
    """
    from collectors.aws.policy import read_policy  # noqa: PLC0415 - only when it is asked for

    print_json(read_policy())


@policy.command()
@click.option(
    "--subscription",
    "subscriptions",
    multiple=True,
    help="A subscription that the role may be given in; repeatable.",
)
@click.option(
    "--graph", is_flag=True, help="Print the permissions of Microsoft Graph instead of the role."
)
def azure(subscriptions: tuple[str, ...], graph: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """The custom role for `modelhound collect azure`, and with --graph the permissions of Microsoft Graph.

    One action for each read, none that writes or gives a key. Give the role in each subscription, and the
    permissions to the application that collects (a person needs Global Reader instead).

    \b
    Example:
      modelhound policy azure --subscription 10000000-0000-0000-0000-000000000001 > role.json
      az role definition create --role-definition @role.json
      modelhound policy azure --graph
    """
    from collectors.azure.policy import graph_permissions, read_role  # noqa: PLC0415 - only when it is asked for

    print_json(graph_permissions() if graph else read_role(subscriptions))


@policy.command()
@click.option("--roles", is_flag=True, help="Print the roles that are given elsewhere instead.")
def gcp(roles: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """The custom role for `modelhound collect gcp`, and with --roles what no custom role can stand for.

    One permission for each read, none that writes or reads keys, secrets or data. Bind the role in the organisation,
    folder or project that you collect.

    \b
    Example:
      modelhound policy gcp > role.json
      gcloud iam roles create modelhoundReader --organization 123456789012 --file role.json
      modelhound policy gcp --roles
    """
    from collectors.gcp.policy import other_roles, read_role  # noqa: PLC0415 - only when it is asked for

    print_json(other_roles() if roles else read_role())
