"""The user's marks: kept in the workspace, searched at once, taken back step by step."""

from PySide6.QtWidgets import QPushButton

from tests.ui import sample


def test_a_mark_makes_paths_and_can_be_undone(open_window, done) -> None:
    window = open_window(sample.small())
    session = window.session
    before = session.facts.jewels
    assert sample.LOOKUP not in before
    session.mark(sample.LOOKUP, "target", wanted=True)
    done(window)
    assert session.facts.jewels == before | {sample.LOOKUP}
    assert sample.LOOKUP in {path.target for path in session.facts.assessment.attack_paths}
    assert session.facts.reason(sample.LOOKUP, "target") == "chosen by the user"
    assert "customer-lookup" in session.undo.undoText()
    window.commands.action("undo").trigger()
    done(window)
    assert session.facts.jewels == before
    window.commands.action("redo").trigger()
    done(window)
    assert sample.LOOKUP in session.facts.jewels


def test_what_data_chose_can_be_taken_out_and_an_undo_gives_back_the_mark_before(
    open_window, done
) -> None:
    window = open_window(sample.small())
    session = window.session
    assert sample.SECRET in session.facts.jewels
    session.mark(sample.SECRET, "target", wanted=False)
    done(window)
    assert sample.SECRET not in session.facts.jewels
    session.mark(sample.SECRET, "target", wanted=True)
    done(window)
    session.undo.undo()
    done(window)
    assert session.marked(sample.SECRET, "target") is False
    session.undo.undo()
    done(window)
    assert session.marked(sample.SECRET, "target") is None
    assert sample.SECRET in session.facts.jewels


def test_marks_are_kept_for_the_next_window(open_window, done) -> None:
    first = open_window(sample.small())
    first.session.mark(sample.NOTEBOOK, "entry", wanted=True)
    done(first)
    first.close()
    second = open_window(sample.small())
    done(second)
    assert sample.NOTEBOOK in second.session.facts.entries


def test_the_inspector_marks(open_window, done) -> None:
    window = open_window(sample.small())
    window.session.inspect(sample.LOOKUP)
    buttons = {each.text(): each for each in window.inspector.findChildren(QPushButton)}
    buttons["Mark as crown jewel"].click()
    done(window)
    assert sample.LOOKUP in window.session.facts.jewels
    shown = {each.text() for each in window.inspector.findChildren(QPushButton) if each.isVisible()}
    assert "Not a crown jewel" in shown
