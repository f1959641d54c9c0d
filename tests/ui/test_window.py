"""The window as a whole: opening, importing, errors, cancel, the way back, what is kept, keys and names of its parts."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from graph.snapshot import write_snapshot
from tests.ui import sample
from tests.ui.test_views import words
from ui import theme
from ui.chooser import Chooser
from ui.confirm import Confirm
from ui.palette import hits
from ui.settings import Settings
from ui.shell import TABS

GAAD = {
    "UserDetailList": [
        {
            "Path": "/",
            "UserName": "alice",
            "UserId": "AIDAEXAMPLE",
            "Arn": "arn:aws:iam::111122223333:user/alice",
            "CreateDate": "2026-01-01T00:00:00Z",
            "GroupList": [],
            "AttachedManagedPolicies": [],
        }
    ],
    "GroupDetailList": [],
    "RoleDetailList": [],
    "Policies": [],
}
INTERACTIVE = (
    QAbstractButton,
    QLineEdit,
    QComboBox,
    QAbstractItemView,
    QPlainTextEdit,
    QGraphicsView,
)


def test_a_wrong_file_gets_one_sentence(open_window, done, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.hound"
    wrong.write_bytes(b"PK\x03\x04 not a zip")
    window = open_window()
    window.open_path(wrong)
    done(window)
    said = words(window.foot)
    assert str(wrong) in said.replace("\n", "")
    assert "Traceback" not in said
    assert window.session.facts is None
    window.open_path(tmp_path / "missing.hound")
    assert "no such file" in words(window.foot)
    window.foot._quiet()
    assert words(window.foot) == ""


def test_an_error_does_not_widen_the_window(open_window) -> None:
    window = open_window()
    window.resize(960, 640)
    window.foot.show_error("word " * 400)
    assert window.minimumSizeHint().width() <= 960


def test_a_snapshot_opens_and_fills_the_views(open_window, done, tmp_path: Path) -> None:
    path = tmp_path / "estate.hound"
    write_snapshot(sample.small().snapshot, path)
    window = open_window()
    window.open_path(path)
    assert window.operations.busy
    done(window)
    assert window.session.path == path
    assert window.session.place.view == "overview"
    window.session.go("coverage")
    assert window.view("coverage").ledger.gaps == 4
    assert window.settings.recent == [str(path.resolve())]


def test_exports_are_read_by_a_child_and_the_snapshot_opens(
    open_window, done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "gaad.json", tmp_path / "out.hound"
    source.write_text(json.dumps(GAAD), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    window = open_window()
    window.open_paths([source])
    assert window.operations._child is not None
    done(window)
    done(window)
    assert out.exists(), words(window.foot)
    assert "arn:aws:iam::111122223333:user/alice" in window.session.facts.graph
    window.session.go("inventory")
    names = window.view("inventory").assets.names
    assert "alice" in names


def test_a_foreign_file_that_is_none_is_refused_by_the_child(
    open_window, done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "other.json", tmp_path / "out.hound"
    source.write_text('{"a": 1} trailing', encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    window = open_window()
    window.open_paths([source])
    done(window)
    assert "other.json" in words(window.foot)
    assert not out.exists()


def test_cancel_ends_the_child_and_leaves_nothing(
    open_window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "gaad.json", tmp_path / "out.hound"
    source.write_text(json.dumps(GAAD), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    window = open_window()
    window.open_paths([source])
    child = window.operations._child
    assert window.commands.action("cancel").isEnabled()
    window.commands.action("cancel").trigger()
    assert not window.operations.busy
    assert not child._process.is_alive()
    assert not window.commands.action("cancel").isEnabled()
    assert not out.exists()
    assert words(window.foot) == ""


def test_a_search_does_not_end_what_a_child_reads(
    open_window, done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "gaad.json", tmp_path / "out.hound"
    source.write_text(json.dumps(GAAD), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    window = open_window(sample.small())
    window.open_paths([source])
    window.session.mark(sample.LOOKUP, "entry", wanted=True)
    assert "Searching attack paths" in words(window.foot)
    assert window.operations.reading
    while window.operations.computing:
        QApplication.processEvents()
    assert "Importing" in words(window.foot)
    assert not window.foot._bar.isHidden()
    done(window)
    done(window)
    assert window.session.path == out


def said(dialog: QWidget) -> str:
    return " ".join(each.text() for each in dialog.findChildren(QLabel))


def test_what_is_being_read_is_not_thrown_away_for_another_or_at_the_end(
    open_window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "gaad.json", tmp_path / "out.hound"
    source.write_text(json.dumps(GAAD), encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    window = open_window()
    window.open_paths([source])
    child = window.operations._child
    window.open_paths([source])
    assert "Importing is not done yet" in words(window.foot)
    window.collect()  # would open a dialog
    assert window.operations._child is child
    asked: list[str] = []
    for answer in (0, 1):

        def answered(dialog: Confirm, answer: int = answer) -> int:
            asked.append(said(dialog))
            return answer

        monkeypatch.setattr(Confirm, "exec", answered)
        assert window.close() == bool(answer)
        assert window.operations.busy != bool(answer)
    assert all("What it has read so far would be lost." in each for each in asked)
    assert not out.exists()


def test_files_can_be_dropped(open_window, done, tmp_path: Path) -> None:
    path = tmp_path / "estate.hound"
    write_snapshot(sample.small().snapshot, path)
    window = open_window()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, plain))
    done(window)
    assert window.session.path == path


def test_back_and_forward(open_window) -> None:
    window = open_window(sample.small())
    session = window.session
    session.go("findings", severity="critical")
    session.go("inventory", sample.AGENT)
    window.commands.action("back").trigger()
    assert session.place.view == "findings"
    window.commands.action("back").trigger()
    assert session.place.view == "overview"
    assert not window.commands.action("back").isEnabled()
    window.commands.action("forward").trigger()
    window.commands.action("forward").trigger()
    assert session.place.item == sample.AGENT
    assert window.stack.currentWidget() is window.view("inventory")


def test_window_state_is_kept(open_window, tmp_path: Path) -> None:
    path = tmp_path / "seen.hound"
    path.write_bytes(b"")
    window = open_window(sample.small())
    window.session.go("findings")
    window.resize(960, 700)
    window.view("findings").split.setSizes([400, 500])
    QApplication.processEvents()
    wide = window.view("findings").split.sizes()
    window.set_theme("dark")
    window.settings.opened(path)
    window.show_inspector()
    window.close()
    kept = Settings()
    assert kept.theme == "dark"
    assert kept.recent == [str(path.resolve())]
    again = open_window(sample.small(), key="dark")
    assert again.height() == 700
    assert again.inspector is not None
    assert again.inspector.isVisible()
    again.toggle_inspector()
    again.session.go("findings")
    QApplication.processEvents()
    assert again.view("findings").split.sizes() == wide


def test_every_view_fits_a_small_window(open_window) -> None:
    window = open_window(sample.small())
    window.resize(960, 640)
    for tab in TABS:
        if tab.key == "start" or find_spec(f"ui.views.{tab.key}"):
            window.session.go(tab.key)
            QApplication.processEvents()
            least = window.minimumSizeHint()
            assert least.width() <= 960, tab.key
            assert least.height() <= 640, tab.key


def test_an_error_of_ours_is_told_in_the_window(open_window, capsys) -> None:
    window = open_window()
    error = ZeroDivisionError("made for this test")
    window.on_error(type(error), error, None)
    assert "ZeroDivisionError" in words(window.foot)
    assert "made for this test" in capsys.readouterr().err


def test_search_finds_assets_findings_and_commands(open_window, qtbot) -> None:
    window = open_window(sample.small())
    chooser = Chooser(
        window, "Search", "", lambda typed: hits(typed, window.session, window.commands)
    )
    qtbot.addWidget(chooser)
    QTest.keyClicks(chooser.field, "customer support")
    assert chooser._hits[0].title == "customer-support-agent"
    assert chooser.list.currentRow() == 0
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    assert window.session.place.view == "inventory"
    assert window.session.place.item == sample.AGENT
    titles = [hit.title for hit in hits("next theme", window.session, window.commands)]
    assert titles == ["Next theme"]
    title = window.session.facts.worst[0].title
    assert title in [hit.title for hit in hits(title, window.session, window.commands)]
    nothing = Chooser(window, "Search", "", lambda _typed: ())
    qtbot.addWidget(nothing)
    assert "Nothing of that name" in nothing.list.item(0).text()


def test_a_name_that_holds_the_words_comes_before_an_id_that_does(open_window) -> None:
    window = open_window(sample.small())
    facts = window.session.facts
    found = [hit.title for hit in hits("fraud", window.session, window.commands)]
    names = [facts.name(asset) for asset in facts.graph.ids]
    holding = [title for title in found if title in names and "fraud" in title.casefold()]
    assert holding
    assert [title for title in found if title in names][: len(holding)] == holding


def test_no_two_commands_share_a_key(open_window) -> None:
    window = open_window()
    keys = [
        key.toString() for c in window.commands for key in window.commands.action(c.key).shortcuts()
    ]
    assert len(keys) == len(set(keys))
    assert {"Ctrl+K", "Ctrl+O", "F4", "Alt+Left"} <= set(keys)


def test_the_menu_holds_every_command(open_window) -> None:
    window = open_window()
    menu = QMenu(window)
    window.commands.fill(menu)
    held = {action.text() for part in menu.findChildren(QMenu) for action in part.actions()}
    assert held == {command.title for command in window.commands}


def interactive(window: QWidget) -> list[QWidget]:
    found = [each for kind in INTERACTIVE for each in window.findChildren(kind)]
    return [each for each in found if each.isVisible() and not _part(each)]


def _part(widget: QWidget) -> bool:
    """Made by Qt inside another widget, which speaks for it."""
    parent = widget.parent()
    inside = isinstance(parent, QLineEdit | QComboBox | QAbstractItemView | QTabWidget)
    return (
        inside
        or type(widget).__name__ in {"QHeaderView", "QTableCornerButton"}
        or (type(widget).__name__ == "QAbstractButton")
    )


@pytest.mark.parametrize("view", [tab.key for tab in TABS if find_spec(f"ui.views.{tab.key}")])
def test_every_part_that_can_be_used_has_a_name_and_a_place_in_the_tab_order(
    open_window, view
) -> None:
    window = open_window(sample.small())
    window.session.go(view)
    if view != "start":
        window.session.inspect(sample.NOTEBOOK)
    found = interactive(window)
    assert len(found) > 10
    nameless = [each for each in found if not each.accessibleName()]
    assert not nameless, [(type(each).__name__, each.objectName()) for each in nameless]
    unreachable = [
        each
        for each in found
        if each.isEnabled() and not each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert not unreachable, [(type(each).__name__, each.accessibleName()) for each in unreachable]


@pytest.mark.parametrize("key", theme.NAMES)
def test_every_theme_can_be_read(key: str) -> None:
    colours = theme.load(key).colours
    least = 7.0 if key == "contrast" else 4.5
    for ground in ("window", "surface", "raised", "selection"):
        for token in ("text", "muted", "undecided", "accent"):
            need = least if token == "text" or ground != "selection" else 3.0
            found = contrast(colours[token], colours[ground])
            assert found >= need, f"{token} on {ground}: {found:.1f}"
    assert contrast(colours["accent_text"], colours["accent"]) >= 4.5
    assert all(set(theme.load(name).colours) == set(colours) for name in theme.NAMES)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #RRGGBB colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
