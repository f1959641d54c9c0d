"""Arguments that many commands take."""

from pathlib import Path

import click

PATH = click.Path(path_type=Path, readable=False)  # who reads it tells whether it can be read

estate_argument = click.argument("estate", nargs=-1, required=True, type=PATH, metavar="ESTATE...")
