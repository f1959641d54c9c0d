"""The house rules that no linter checks: where things lie, and what a tracked file may not hold."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"app", "collectors", "graph", "resources", "ui"}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

# Written in two pieces, or this file would hold what it forbids.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "repo.maven" + ".apache.org",
    "repo1.maven" + ".org",
    "deb.debian" + ".org",
    "npmjs" + ".org",
    "proxy.golang" + ".org",
]
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:wo" + r"rk|ro" + r"ot/\.|tm" + r"p/bash_jobs)[/.]")
REASONLESS = [
    re.compile(r"#\s*noq" + r"a(?::\s*[A-Z]+\d*(?:,\s*[A-Z]+\d*)*)?\s*$"),
    re.compile(r"#\s*type:\s*igno" + r"re(?:\[[\w, -]+\])?\s*$"),
]


def tracked_texts() -> list[tuple[str, str]]:
    """Name and text of every tracked text file."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z"]
    done = subprocess.run(listing, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    texts = []
    for name in filter(None, done.stdout.split("\0")):
        path = ROOT / name
        raw = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in raw[:8192]:
            texts.append((name, raw.decode("utf-8", "replace")))
    return texts


def test_packages_are_the_folders_with_an_init() -> None:
    folders = {init.parent.name for init in ROOT.glob("*/__init__.py")}
    assert folders == PACKAGES
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES
    assert set(PROJECT["tool"]["mypy"]["files"]) == PACKAGES | {"tests"}


def test_packaging_and_tests_are_no_packages() -> None:
    """An __init__.py would hide PyPI's packaging, or make tests/graph stand in for graph."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_lock_pins_by_hash_and_names_no_index() -> None:
    entries = re.findall(
        r"^([\w.-]+)==([^\s\\]+)((?:.*\\\n)(?:\s+--hash=\S+.*\n?)+)?", LOCK, re.MULTILINE
    )
    unhashed = [name for name, _, hashes in entries if not hashes]
    assert len(entries) > 50
    assert not unhashed
    assert not re.findall(r"^\s*--(?!hash=)|://", LOCK, re.MULTILINE)


def test_the_lock_holds_every_declared_dependency() -> None:
    groups = [PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["dev"]]
    groups += PROJECT["project"]["optional-dependencies"].values()
    names = {re.split(r"[\[<>=~! ]", each)[0].lower() for group in groups for each in group}
    assert names <= set(re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE))


def test_qt_is_the_essentials_alone() -> None:
    assert re.findall(r"^(pyside6[\w-]*)==", LOCK, re.MULTILINE) == ["pyside6-essentials"]


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    found = []
    for name, text in tracked_texts():
        found += [f"{name}: {host}" for host in REGISTRY_HOSTS if host in text]
        found += [f"{name}: {path[0]}" for path in MACHINE_PATH.finditer(text)]
    assert not found


def test_every_ignore_in_the_configuration_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ruff = text.split("[tool.ruff.lint]")[1].split("[tool.mypy]")[0]
    codes = [line for line in ruff.splitlines() if re.match(r'\s+"[A-Z]+\d*"', line)]
    assert codes
    assert not [line for line in codes if "# " not in line]
    overrides = re.findall(r"\[\[tool\.mypy\.overrides\]\]\n(.*)", text)
    assert overrides
    assert not [line for line in overrides if not line.startswith("# ")]


def test_every_ignore_in_the_code_says_why() -> None:
    found = []
    for name, text in tracked_texts():
        if name.endswith(".py"):
            for number, line in enumerate(text.splitlines(), 1):
                if any(pattern.search(line) for pattern in REASONLESS):
                    found.append(f"{name}:{number}")
    assert not found


def test_every_make_target_is_a_documented_task() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    targets = set(phony[1].split())
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert targets == set(re.findall(r"`make (\w+)`", contributing))
    usage = [sys.executable, str(ROOT / "packaging" / "make.py"), "help"]
    shown = subprocess.run(usage, capture_output=True, text=True, check=True).stdout
    assert targets == set(re.findall(r"^  make (\w+)", shown, re.MULTILINE)) | {"help"}


def test_an_old_python_is_told_so_in_one_sentence() -> None:
    script = (
        "import sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['make.py', 'setup'];"
        "import make; sys.exit(make.main(['setup']))"
    )
    folder = ROOT / "packaging"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in done.stderr
