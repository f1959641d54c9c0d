"""Accepting a finding in the window: kept in the workspace, shown, taken back, undone."""

from typing import Any

from PySide6.QtWidgets import QDialogButtonBox, QPushButton

from tests.ui import sample
from ui.accept_dialog import AcceptDialog
from ui.finding_panel import FindingPanel


def _buttons(session: Any, key: str) -> set[str]:
    """What the panel of the finding offers about accepting it."""
    panel = FindingPanel(session)
    panel.show_finding(session.facts.findings[key])
    words = {made.text() for made in panel.findChildren(QPushButton)}
    panel.deleteLater()
    return words & {"Accept this risk…", "Take it back"}


def test_a_finding_is_accepted_and_the_panel_says_by_whom(open_window, done) -> None:
    window = open_window(sample.small())
    session = window.session
    finding = session.facts.assessment.findings[0]
    dialog = AcceptDialog(window, finding)
    ok = dialog._buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled(), "an owner and a reason are needed"
    dialog.owner.setText("Ann Lee")
    dialog.reason.setText("lab")
    assert ok.isEnabled()
    session.accept(dialog.risk(), wanted=True)
    done(window)
    accepted = session.facts.assessment.findings[0].accepted
    assert (accepted.owner, accepted.finding) == ("Ann Lee", finding.id)
    assert _buttons(session, finding.id) == {"Take it back"}
    assert len(session._open_workspace().store.accepted()) == 1
    session.undo.undo()
    done(window)
    assert session.facts.assessment.findings[0].accepted is None
    assert _buttons(session, finding.id) == {"Accept this risk…"}
    assert session._open_workspace().store.accepted() == ()


def test_every_finding_of_a_rule_can_be_accepted(open_window, done) -> None:
    window = open_window(sample.small())
    session = window.session
    finding = session.facts.assessment.findings[0]
    dialog = AcceptDialog(window, finding)
    dialog.owner.setText("Ann Lee")
    dialog.reason.setText("lab")
    dialog.every.setChecked(True)
    session.accept(dialog.risk(), wanted=True)
    done(window)
    same = [f for f in session.facts.assessment.findings if f.rule == finding.rule]
    assert all(item.accepted for item in same)
