"""The attack-path view: order, steps with their proof, words for what is undecided, From and To."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from graph.model import Verdict
from tests.ui import sample
from tests.ui.conftest import Open, facts_of, place_of
from tests.ui.test_views import words
from ui.facts import Facts
from ui.main_window import MainWindow
from ui.path_view import PathView, chains
from ui.views.attack_paths import AttackPathsView


def open_paths(open_window: Open) -> tuple[MainWindow, AttackPathsView]:
    """A window that shows the attack paths of the small estate."""
    window = open_window(sample.small())
    window.session.go("attack_paths")
    view = window.view("attack_paths")
    assert isinstance(view, AttackPathsView)
    return window, view


def test_paths_are_sorted_by_risk(open_window) -> None:
    window, view = open_paths(open_window)
    risks = [path.risk for path in facts_of(window).assessment.attack_paths]
    assert risks == sorted(risks, reverse=True)
    assert [entry.risk for entry in view.list._model.entries] == risks
    assert view.list.current == "0"


def test_a_step_shows_why_how_and_the_statement_marked_in_the_record(open_window) -> None:
    window, view = open_paths(open_window)
    facts = facts_of(window)
    number, at = next(
        (number, at)
        for number, path in enumerate(facts.assessment.attack_paths)
        for at, step in enumerate(path.steps)
        if step.kind == "CAN_READ"
        and step.target == sample.TRAIN_DATA
        and step.source == sample.DS_ROLE
    )
    window.session.go("attack_paths", f"{number}#{at}")
    said = words(view.panel)
    for title in ("Why this step exists", "How it is abused", "How to break it"):
        assert title in said
    broken = facts.paths_over[sample.DS_ROLE, "CAN_READ", sample.TRAIN_DATA]
    assert f"On {broken:,} of {len(facts.assessment.attack_paths)} attack paths." in said
    code = view.panel.evidence._code
    marked = [mark.cursor.block().text() for mark in code.extraSelections()]
    assert any('"Sid": "ReadTraining"' in line for line in marked)
    assert not any("PutLogEvents" in line for line in marked)


def test_undecided_is_said_in_words_and_drawn_as_a_shape(open_window) -> None:
    window, view = open_paths(open_window)
    paths = facts_of(window).assessment.attack_paths
    number = next(n for n, path in enumerate(paths) if path.verdict is Verdict.UNDECIDED)
    spoken = view.list.model().index(number, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "undecided" in spoken
    at = next(n for n, step in enumerate(paths[number].steps) if step.verdict is Verdict.UNDECIDED)
    window.session.go("attack_paths", f"{number}#{at}")
    said = words(view.panel)
    assert "UNDECIDED" in said
    assert paths[number].steps[at].missing[0] in said
    view._proved.setChecked(True)
    assert view.list.count == sum(path.verdict is Verdict.YES for path in paths)


def test_arrow_keys_walk_the_steps(open_window) -> None:
    window, view = open_paths(open_window)
    last = len(facts_of(window).assessment.attack_paths[0].steps) - 1
    assert view.path_view.step == 0
    QTest.keyClick(view.path_view, Qt.Key.Key_Right)
    assert view.path_view.step == 1
    assert f"STEP 2 OF {last + 1}" in words(view.panel)
    QTest.keyClick(view.path_view, Qt.Key.Key_End)
    assert view.path_view.step == last
    QTest.keyClick(view.path_view, Qt.Key.Key_Home)
    assert view.path_view.step == 0
    assert place_of(window).item == "0#0"


def test_from_and_to_of_the_users_choice_are_searched(open_window, done) -> None:
    window, view = open_paths(open_window)
    assert sample.NOTEBOOK not in facts_of(window).entries
    view._on_ends(sample.NOTEBOOK, sample.TRAIN_DATA)
    done(window)
    assert view.list.count >= 1
    assert {(path.entry, path.target) for path in view._paths.values()} == {
        (sample.NOTEBOOK, sample.TRAIN_DATA)
    }
    assert "Risk" in words(view)
    view._on_ends("", sample.SECRET)
    done(window)
    assert {path.target for path in view._paths.values()} == {sample.SECRET}
    view._on_ends(sample.SECRET, "")
    done(window)
    assert view.list.count == 0
    assert "No way there" in words(view)
    window.session.step(-1)
    done(window)
    assert {path.target for path in view._paths.values()} == {sample.SECRET}


def test_a_stopped_search_claims_nothing(open_window) -> None:
    window, view = open_paths(open_window)
    window.session.go("attack_paths", entry=sample.LOOKUP, target=sample.SECRET)
    assert view._state == "searching"
    window.operations.cancel()
    said = words(view)
    assert "nothing is known yet" in said
    assert "No way" not in said


def test_from_and_to_pickers_offer_what_data_chose_first(open_window) -> None:
    window, view = open_paths(open_window)
    facts = facts_of(window)
    offered = list(view.ends._hits(facts, "entry", ""))
    assert "chosen by data" in offered[0].detail
    assert [hit.title for hit in offered[1:]] == [
        facts.name(item.id) for item in facts.assessment.entry_points
    ]
    found = list(view.ends._hits(facts, "entry", "fraud"))
    assert found[0].title == "fraud-research"
    found[0].action()
    assert place_of(window).filters == {"entry": sample.NOTEBOOK}


def test_paths_through_an_asset(open_window) -> None:
    window, view = open_paths(open_window)
    window.session.go("attack_paths", through=sample.DS_ROLE)
    through = facts_of(window).paths_through[sample.DS_ROLE]
    assert view.list.count == len(through)
    assert "Through DataScienceRole" in words(view)


@pytest.mark.usefixtures("qapp")
def test_chains_that_meet_are_drawn_one_below_another() -> None:
    assessment = sample.small()
    steps = assessment.attack_paths[0].steps
    both = (*steps, *steps)
    assert [len(chain) for chain in chains(both)] == [len(steps)] * 2
    view = PathView()
    view.show_steps(Facts(assessment), both)
    assert len({card.y() for card in view._cards}) == 2
    view.choose(len(both) - 1)
    assert [card.chosen for card in view._cards].index(True) > len(steps)
    view.deleteLater()


def test_in_a_narrow_window_explanation_and_proof_are_shown_one_at_a_time(
    open_window: Open,
) -> None:
    window, view = open_paths(open_window)
    assert view.panel.evidence.isVisible()
    window.resize(960, 640)
    assert "How to break it" in words(view)
    assert not view.panel.evidence.isVisible()
    view.panel.sides.show_part(1)
    assert view.panel.evidence.isVisible()
    assert "How to break it" not in words(view)
    window.resize(1440, 900)
    assert "How to break it" in words(view)
    assert view.panel.evidence.isVisible()
