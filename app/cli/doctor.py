"""The command that says whether this machine has what Modelhound needs."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

import click

from app import display, folders
from app.cli.output import format_option, print_json, print_rows
from app.version import VERSION


class Check(NamedTuple):
    """One thing looked at; `needed` says for what."""

    what: str
    state: str  # "ok", "missing" or "note"
    found: str
    needed: str


@click.command()
@format_option
@click.pass_context
def doctor(context: click.Context, format_: str) -> None:
    """Check this machine: Python, Qt, cloud SDKs, display, folders, Java for a local Neo4j.

    \b
    Example:
      modelhound doctor
    """
    checks = list(_checks())
    rows = [check._asdict() for check in checks]
    if format_ == "json":
        print_json(rows)
    else:
        print_rows(rows, ["what", "state", "found", "needed"], format_=format_)
    context.exit(1 if any(check.state == "missing" for check in checks) else 0)


def _checks() -> Iterator[Check]:
    yield Check("Modelhound", "ok", VERSION, "")
    yield Check(
        "Python", "ok", f"{sys.version.split()[0]} on {platform.platform()}", "3.11 or newer"
    )
    yield _package("PySide6_Essentials", "the window", required=True)
    yield _package("neo4j", "team graphs", required=True)
    for package, module, purpose in (
        ("boto3", "boto3", "collecting from AWS"),
        ("azure-mgmt-resource", "azure.mgmt.resource", "collecting from Azure"),
        ("google-cloud-aiplatform", "google.cloud.aiplatform", "collecting from Google Cloud"),
    ):
        yield (
            _package(package, purpose, required=False)
            if _importable(module)
            else Check(package, "note", "not installed", f"only for {purpose}")
        )
    shown = display.available()
    yield Check("Display", "ok" if shown else "note", "found" if shown else "none", "the window")
    yield _writable()
    java = shutil.which("java")
    yield Check("Java", "ok" if java else "note", java or "none", "only for a local Neo4j server")


def _importable(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _package(name: str, purpose: str, *, required: bool) -> Check:
    try:
        return Check(name, "ok", version(name), purpose)
    except PackageNotFoundError:
        return Check(name, "missing" if required else "note", "not installed", purpose)


def _writable() -> Check:
    folder = folders.data()
    state = "ok" if os.access(folder, os.W_OK) else "missing"
    return Check("Data folder", state, str(folder), "workspaces and window state")
