"""Commands that print what a collector must be allowed to do."""

import click

from app.cli.output import print_json


@click.group()
def policy() -> None:
    """Print the least privilege that collecting from a cloud needs; read-only.

    \b
    Example:
      modelhound policy aws > modelhound-read.json
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
