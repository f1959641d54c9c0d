"""Where accepted risks are kept: the user's workspace, or a JSON or TOML file that a team shares."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from app.files import write_atomic
from graph.model import AcceptedRisk, ContentError, UserError
from graph.rules.accepted import KEY, checked, risk_id, risks_of, row_of
from graph.stores.sqlite import SqliteStore

WORKSPACE = ".workspace"


def load(path: Path) -> tuple[AcceptedRisk, ...]:
    """The risks of a file; UserError says what is wrong with it."""
    if path.suffix == WORKSPACE:
        store = SqliteStore(path)
        try:
            return store.accepted()
        finally:
            store.close()
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ContentError(f"{path}: neither JSON nor TOML: {error}") from error
    return risks_of(content, path.name)


def accept(path: Path, risk: AcceptedRisk) -> str:
    """Keep a risk, in place of one for the same; its id."""
    checked(risk)
    new = risk_id(risk)
    if path.suffix == WORKSPACE:
        store = SqliteStore(path)
        try:
            store.accept(risk)
        finally:
            store.close()
        return new
    kept = [item for item in _kept(path) if risk_id(item) != new]
    _write(path, [*kept, risk])
    return new


def revoke(path: Path, wanted: str) -> None:
    """Forget a risk by its id; UserError if there is none."""
    kept = load(path)
    if wanted not in {risk_id(item) for item in kept}:
        raise UserError(f"{path}: no accepted risk {wanted!r}; see `modelhound risks list`")
    if path.suffix == WORKSPACE:
        store = SqliteStore(path)
        try:
            store.revoke(wanted)
        finally:
            store.close()
        return
    _write(path, [item for item in kept if risk_id(item) != wanted])


def _kept(path: Path) -> tuple[AcceptedRisk, ...]:
    return load(path) if path.exists() else ()


def _write(path: Path, risks: Iterable[AcceptedRisk]) -> None:
    if path.suffix != ".json":
        raise UserError(
            f"{path}: only .json and .workspace files are written; edit a .toml yourself"
        )
    rows = [row_of(risk) for risk in sorted(risks, key=risk_id)]
    text = json.dumps({KEY: rows}, indent=2, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode())
