"""What to fix first, and steps that are broken for a try: what is said, listed, undone and put back."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from graph.paths.what_if import pair, what_if
from tests.ui import sample
from tests.ui.conftest import Open, facts_of, place_of
from tests.ui.test_attack_paths import open_paths
from tests.ui.test_views import words
from ui.entry_list import EntryList
from ui.facts import spelt
from ui.views.attack_paths import AttackPathsView

KEY = (sample.CI_USER, "CAN_ASSUME", sample.TRAIN_ROLE)


def press(view, name: str) -> None:
    found = [each for each in view.findChildren(QPushButton) if each.accessibleName() == name]
    (button,) = [each for each in found if each.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_overview_names_what_to_fix_first_and_leads_to_its_paths(open_window: Open) -> None:
    window = open_window(sample.small())
    facts = facts_of(window)
    view = window.view("overview")
    (fixes,) = [
        each
        for each in view.findChildren(EntryList)
        if each.accessibleName() == "What to fix first"
    ]
    assert fixes.count == len(facts.fixes) > 1
    first = facts.fixes[0]
    assert f"on {len(first.breaks)} of {len(facts.assessment.attack_paths)} paths" in (
        fixes.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    )
    fixes.setFocus()
    fixes.setCurrentIndex(fixes.model().index(0, 0))
    QTest.keyClick(fixes, Qt.Key.Key_Return)
    assert place_of(window).filters == {"over": spelt(first.step.key)}
    paths = window.view("attack_paths")
    assert isinstance(paths, AttackPathsView)
    assert paths._path is not None
    assert paths.list.count == facts.paths_over[first.step.key]
    assert f"Over the step: {facts.words(first.step.key)}" in words(paths)
    assert paths._path.steps[paths.path_view.step].key == first.step.key


def test_a_broken_step_tells_what_ends_and_what_remains(open_window: Open, done) -> None:
    window, view = open_paths(open_window)
    facts = facts_of(window)
    paths = facts.assessment.attack_paths
    expected = what_if(facts.graph, paths, [KEY])
    assert expected.broken
    number = next(n for n, path in enumerate(paths) if KEY in [s.key for s in path.steps])
    at = [step.key for step in paths[number].steps].index(KEY)
    window.session.go("attack_paths", f"{number}#{at}")
    assert f"On {facts.paths_over[KEY]} of {len(paths)} attack paths." in words(view.panel)
    press(view.panel, "What if it is broken")
    done(window)
    assert f"breaks {len(expected.broken)} of {len(paths)} attack paths" in words(view.what_if)
    assert view.list.count == len(expected.remaining)
    press(view.what_if, "Broken paths")
    assert {pair(path) for path in view._paths.values()} == {pair(p) for p in expected.broken}
    assert "broken" in {arrow._mark for arrow in view.path_view._arrows}


def test_a_path_is_found_by_its_number_whether_it_is_broken_or_not(open_window: Open, done) -> None:
    window, view = open_paths(open_window)
    paths = facts_of(window).assessment.attack_paths
    window.session.cut(KEY)
    done(window)
    tried = window.session.what_if
    assert tried is not None
    for number, path in enumerate(paths):
        window.session.go("attack_paths", str(number))
        assert view._path is not None
        assert pair(view._path) == pair(path)
        assert view.what_if.broken.isChecked() == (path in tried.broken)


def test_undo_redo_and_put_back(open_window: Open, done) -> None:
    window, view = open_paths(open_window)
    paths = facts_of(window).assessment.attack_paths
    other = next(key for key in facts_of(window).paths_over if key != KEY)
    for key in (KEY, other, KEY):
        window.session.cut(key)
        done(window)
    assert window.session.cuts == (KEY, other)
    for command, left in (("undo", [KEY]), ("redo", [KEY, other])):
        window.commands.action(command).trigger()
        done(window)
        assert [*window.session.cuts] == left
    menu = view.what_if.menu()
    assert [each.text() for each in menu.actions() if each.text()][-1] == "All of them"
    menu.actions()[-1].trigger()
    done(window)
    assert not view.what_if.isVisible()
    assert [*view._paths.values()] == [*paths]
    assert not view.what_if.broken.isChecked()


def test_another_snapshot_begins_whole(open_window: Open, done) -> None:
    window, view = open_paths(open_window)
    window.session.cut(KEY)
    done(window)
    window.session.show(sample.small())
    done(window)
    window.session.go("attack_paths")
    assert window.session.cuts == ()
    assert not view.what_if.isVisible()
    assert not window.session.undo.canUndo()


def test_a_stopped_search_claims_nothing_and_can_be_run_again(open_window: Open, done) -> None:
    window, view = open_paths(open_window)
    window.session.cut(KEY)
    window.operations.cancel()
    assert "nothing is known" in words(view.what_if)
    press(view.what_if, "Search again")
    done(window)
    assert "attack paths" in words(view.what_if)


def test_marks_and_other_ends_keep_the_broken_steps(open_window: Open, done) -> None:
    window, view = open_paths(open_window)
    window.session.cut(KEY)
    done(window)
    window.session.go("attack_paths", entry=sample.NOTEBOOK, target=sample.TRAIN_DATA)
    done(window)
    assert KEY not in {step.key for path in view._paths.values() for step in path.steps}
    window.session.mark(sample.LOOKUP, "entry", wanted=True)
    done(window)
    assert window.session.cuts == (KEY,)
    assert window.session.what_if is not None


@pytest.mark.parametrize("size", [(960, 640), (1440, 900)])
def test_the_chosen_step_begins_in_sight(open_window: Open, size: tuple[int, int]) -> None:
    window, view = open_paths(open_window)
    window.resize(*size)
    assert view._path is not None
    for number in range(len(view._path.steps)):
        view.path_view.choose(number)
        card = view.path_view._cards[view.path_view._ends[number][0]]
        left = view.path_view.mapFromScene(card.sceneBoundingRect().topLeft())
        assert view.path_view.viewport().rect().contains(left + QPoint(0, 4))


def test_by_keys_alone_from_the_overview_to_a_try_and_back(open_window: Open, done) -> None:
    window = open_window(sample.small())
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    window.session.go("overview")
    fixes = window.view("overview").findChildren(EntryList)[-1]
    tab_to(lambda at: at is fixes)
    QTest.keyClick(fixes, Qt.Key.Key_Down)
    QTest.keyClick(fixes, Qt.Key.Key_Return)
    step = facts_of(window).fixes[1].step
    assert place_of(window).filters == {"over": spelt(step.key)}
    tab_to(lambda at: at.accessibleName() == "What if it is broken")
    QTest.keyClick(focused(), Qt.Key.Key_Space)
    done(window)
    assert [*window.session.cuts] == [step.key]
    QTest.keySequence(window, "Ctrl+Z")
    done(window)
    assert not window.session.cuts


def focused() -> QWidget:
    at = QApplication.focusWidget()
    assert at is not None
    return at


def tab_to(wanted: Callable[[QWidget], bool]) -> None:
    QApplication.processEvents()
    for _ in range(80):
        if wanted(focused()):
            return
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    raise AssertionError("not in the tab order")
