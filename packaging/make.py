"""The tasks behind `make`: `python packaging/make.py TASK` does the same where there is no make.

Each task first sees to `.venv` (bootstrap.py), then runs its steps with that Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import bootstrap

PYTHON = str(bootstrap.VENV_PYTHON)
MODULE = [PYTHON, "-m"]
RUN_IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"
LINT = {
    "ruff check": [*MODULE, "ruff", "check", "--quiet"],
    "ruff format": [*MODULE, "ruff", "format", "--check", "--quiet"],
    "mypy": [*MODULE, "mypy"],
    # It has no module to run, and its script lies elsewhere on Windows.
    "import-linter": [PYTHON, "-c", RUN_IMPORT_LINTER, "--no-logo"],
}
UNTRACKED = (".venv", "build", "dist", ".hypothesis", ".import_linter_cache")
CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache")


def setup(_arguments: list[str]) -> int:
    """Make .venv and install what is missing; nothing else."""
    return 0


def demo(arguments: list[str]) -> int:
    """Open the sample estate: assessment, report and picture, and the window on a display."""
    return _run([*MODULE, "app", "demo", *arguments])


def lint(_arguments: list[str]) -> int:
    """Check style, types and the layer order."""
    return _phases(LINT)


def test(arguments: list[str]) -> int:
    """Lint, then run every test but the benchmarks; say where the time went."""
    workers = min(os.cpu_count() or 1, 4)
    spread = ["-n", str(workers), "--dist", "loadgroup"] if workers > 1 else []
    tests = [*MODULE, "pytest", *spread, "--durations=25", *arguments]
    return _phases({**LINT, "pytest": tests})


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, which print the figures they measure."""
    return _run([*MODULE, "pytest", "-m", "benchmark", "-s", "tests/benchmarks", *arguments])


def docs(arguments: list[str]) -> int:
    """Write the command line's page and make the pictures anew, from the real commands and window."""
    commands = _run([PYTHON, "packaging/command_docs.py"])
    return _run([PYTHON, "packaging/pictures.py", *arguments]) or commands


def lock(_arguments: list[str]) -> int:
    """Resolve the dependencies anew into requirements.lock, for every system and Python."""
    tool = bootstrap.VENV / "lock-tool"
    _run([*MODULE, "venv", str(tool)])
    python = tool / bootstrap.VENV_PYTHON.relative_to(bootstrap.VENV)
    _run([str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "uv"])
    compile_lock = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    contents = ["--all-extras", "--group", "dev", "--generate-hashes", "--upgrade"]
    # Where packages come from is a matter of the machine, so no index address is written.
    plain = ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
    output = ["pyproject.toml", "--output-file", str(bootstrap.LOCK)]
    return _run([str(python), "-m", "uv", *compile_lock, *contents, *plain, *output])


def clean(_arguments: list[str]) -> int:
    """Remove .venv and everything that tools left behind."""
    for name in (*UNTRACKED, *CACHES):
        shutil.rmtree(bootstrap.ROOT / name, ignore_errors=True)
    return 0


TASKS = {task.__name__: task for task in (demo, test, lint, bench, docs, setup, lock, clean)}
WITHOUT_VENV = {"clean"}


def _phases(commands: dict[str, list[str]]) -> int:
    """Run every phase, also after a failed one, and close with a table of their times."""
    results = {}
    for name, command in commands.items():
        print(f"== {name}", flush=True)
        start = time.monotonic()
        code = _run(command)
        results[name] = (time.monotonic() - start, code)
    print("\nWhere the time went:")
    for name, (seconds, code) in results.items():
        print(f"  {name:<14} {seconds:7.1f} s  {'FAILED' if code else 'ok'}")
    print(f"  {'all':<14} {sum(seconds for seconds, _ in results.values()):7.1f} s", flush=True)
    return max(code for _, code in results.values())


def _run(command: list[str]) -> int:
    env = {**os.environ, "PYTHONUTF8": "1"}
    if "pytest" in command or "packaging/pictures.py" in command:
        env["QT_QPA_PLATFORM"] = "offscreen"
    return subprocess.run(command, cwd=bootstrap.ROOT, env=env).returncode


def _help() -> str:
    lines = [f"  make {name:<7} {task.__doc__}" for name, task in TASKS.items()]
    return "\n".join([*lines, "", "Without make: python packaging/make.py TASK"])


def main(arguments: list[str]) -> int:
    """Run the task named first; the rest of the arguments is the task's own."""
    name, *rest = arguments or ["help"]
    if name not in TASKS:
        print(_help())
        return 0 if name == "help" else 2
    try:
        if name not in WITHOUT_VENV:
            bootstrap.ensure()
    except bootstrap.SetupError as problem:
        bootstrap.say(str(problem))
        return 1
    return TASKS[name](rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
