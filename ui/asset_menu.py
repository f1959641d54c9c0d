"""What can be done with an asset, for every right click and menu key in the window."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from ui import icons
from ui.facts import ROLE_WORDS, Facts, Role
from ui.session import Session


def fill_menu(menu: QMenu, session: Session, asset_id: str) -> None:
    """Paths, graph, marks, copy."""
    facts = session.facts
    if facts is None or asset_id not in facts.graph:
        return
    go = session.go
    _add(menu, "dock-right", "Inspect", lambda: session.inspect(asset_id))
    _add(menu, "graph-outline", "Show in the graph", lambda: go("graph", asset_id))
    menu.addSeparator()
    _add(menu, "arrow-right", "Paths from this", lambda: go("attack_paths", entry=asset_id))
    _add(menu, "arrow-left", "Paths to this", lambda: go("attack_paths", target=asset_id))
    _add(
        menu, "map-marker-path", "Paths through this", lambda: go("attack_paths", through=asset_id)
    )
    menu.addSeparator()
    _add(menu, "account-lock-outline", "Who can use this", lambda: go("access", resource=asset_id))
    _add(menu, "account-lock-outline", "What this can do", lambda: go("access", principal=asset_id))
    menu.addSeparator()
    for role in ROLE_WORDS:
        _add_mark(menu, session, facts, asset_id, role)
    menu.addSeparator()
    clipboard = QGuiApplication.clipboard()
    _add(menu, "content-copy", "Copy id", lambda: clipboard.setText(asset_id))
    _add(menu, "content-copy", "Copy name", lambda: clipboard.setText(facts.name(asset_id)))


def _add_mark(menu: QMenu, session: Session, facts: Facts, asset_id: str, role: Role) -> None:
    chosen = asset_id in (facts.entries if role == "entry" else facts.jewels)
    words = f"Not {_article(role)}" if chosen else f"Mark as {ROLE_WORDS[role]}"
    icon = "flag-off-outline" if chosen else "flag-outline"
    _add(menu, icon, words, lambda: session.mark(asset_id, role, wanted=not chosen))


def _article(role: Role) -> str:
    return f"an {ROLE_WORDS[role]}" if role == "entry" else f"a {ROLE_WORDS[role]}"


def _add(menu: QMenu, icon: str, words: str, action: Callable[[], object]) -> None:
    made = menu.addAction(icons.icon(icon), words)
    made.triggered.connect(lambda _checked=False: action())
