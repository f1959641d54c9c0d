"""The version of this Modelhound, in one place for every file it writes."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("modelhound")
except PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "0.0.0+checkout"
