"""The access view: rights as a table, why each exists, and why-or-why-not for any question."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.ui import sample
from tests.ui.conftest import Open, facts_of
from tests.ui.test_views import words
from ui.main_window import MainWindow
from ui.views.access import AccessView


def open_access(open_window: Open) -> tuple[MainWindow, AccessView]:
    """A window that shows the rights of the small estate."""
    window = open_window(sample.small())
    window.session.go("access")
    view = window.view("access")
    assert isinstance(view, AccessView)
    return window, view


def test_the_most_walked_right_is_first_and_says_why(open_window: Open) -> None:
    window, view = open_access(open_window)
    assert view.rights is not None
    over = facts_of(window).paths_over
    walked = [over[view.rights.right(int(row)).key] for row in view.table.shown]
    assert walked == sorted(walked, reverse=True)
    assert view.table.row == view.table.shown[0]
    said = words(view.panel)
    assert "Why it exists" in said
    assert "How to break it" in said


def test_rights_filter_by_verdict_category_and_words(open_window: Open) -> None:
    window, view = open_access(open_window)
    assert view.rights is not None
    view._picks["category"].choose("secret")
    targets = {view.rights.right(int(row)).target for row in view.table.shown}
    assert targets == {sample.SECRET}
    view._forget()
    window.session.go("access", principal=sample.DS_ROLE)
    sources = {view.rights.right(int(row)).source for row in view.table.shown}
    assert sources == {sample.DS_ROLE}
    view._forget()
    assert len(view.table.shown) == view.rights.count


def test_a_question_is_put_together_from_a_right_and_answered(open_window: Open, done) -> None:
    window, view = open_access(open_window)
    view.ask.fill(sample.DS_ROLE, "s3:GetObject", sample.TRAIN_DATA)
    view.ask.ask()
    done(window)
    said = words(view.ask)
    assert any(word in said for word in ("Allowed", "Denied", "Undecided"))
    view.ask.fill(sample.CI_USER, "s3:DeleteBucket", sample.TRAIN_DATA)
    view.ask.ask()
    done(window)
    said = words(view.ask)
    assert "Denied" in said or "Undecided" in said
    assert "by " in said


def test_nothing_is_asked_until_the_question_is_whole(open_window: Open) -> None:
    _window, view = open_access(open_window)
    view.ask.action.setText(" ")
    assert not view.ask._button.isEnabled()
    view.ask.action.setText("s3:GetObject")
    assert view.ask._button.isEnabled()


def test_the_review_is_exported_with_columns_to_sign(
    open_window: Open, done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, view = open_access(open_window)
    target = tmp_path / "review.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    view._export()
    done(window)
    head, *lines = target.read_text(encoding="utf-8").splitlines()
    assert head.startswith("principal,")
    assert any("DataScienceRole" in line and "openai-api-key" in line for line in lines)
    assert "written" in words(window.foot)
