"""The inspector shows assets, relationships and findings with where each was read."""

from PySide6.QtWidgets import QLineEdit, QToolButton

from tests.ui import sample
from tests.ui.conftest import Open
from tests.ui.test_views import words
from ui.facts import Subject
from ui.inspector import Inspector
from ui.widgets import Wide


def inspect(open_window: Open, subject: Subject) -> Inspector:
    """The inspector of a window, showing something of the small estate."""
    window = open_window(sample.small())
    window.session.inspect(subject)
    assert window.inspector is not None
    return window.inspector


def test_an_asset_shows_properties_and_where_each_was_read(open_window) -> None:
    inspector = inspect(open_window, sample.NOTEBOOK)
    said = words(inspector)
    assert "fraud-research" in said
    assert "SageMaker notebook" in said
    assert [each.text() for each in inspector.findChildren(QLineEdit)] == [sample.NOTEBOOK]
    shows = [
        b for b in inspector.findChildren(QToolButton) if "Where it was read" in b.accessibleName()
    ]
    assert len(shows) == 3
    root = next(b for b in shows if "Root" in b.accessibleName())
    root.click()
    marked = inspector.evidence._code.extraSelections()
    assert [mark.cursor.block().text().strip() for mark in marked] == ['"RootAccess": "Enabled",']


def test_relationships_lead_on_and_back(open_window) -> None:
    inspector = inspect(open_window, sample.NOTEBOOK)
    role = next(
        each for each in inspector.findChildren(Wide) if each.accessibleName() == "DataScienceRole"
    )
    role.click()
    assert inspector.subject == sample.DS_ROLE
    assert "… runs as this" in words(inspector)
    why = next(
        each
        for each in inspector.findChildren(QToolButton)
        if each.accessibleName() == "Why: acme-train-claims" and each.isVisible()
    )
    why.click()
    shown: object = inspector.subject
    assert shown == (sample.DS_ROLE, "CAN_READ", sample.TRAIN_DATA)
    assert "How to break it" in words(inspector)
    assert "ReadTraining" in inspector.evidence._code.toPlainText()
    inspector._step_back()
    inspector._step_back()
    assert inspector.subject == sample.NOTEBOOK


def test_a_finding_is_inspected(open_window) -> None:
    finding = sample.small().findings[0]
    inspector = inspect(open_window, finding)
    assert finding.title in words(inspector)


def test_what_is_not_in_the_next_estate_is_no_longer_shown(open_window) -> None:
    window = open_window(sample.small())
    window.session.inspect(sample.NOTEBOOK)
    window.session.show(sample.nothing())
    assert window.inspector.subject is None
    assert "Nothing chosen" in words(window.inspector)
    window.session.inspect(sample.NOTEBOOK)
    assert window.inspector.subject is None
