"""The collect dialog guesses no credentials: it can be confirmed only when a profile or the environment is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from ui.collect_dialog import CollectDialog


@pytest.fixture
def dialog(qtbot, tmp_path: Path) -> Iterator[CollectDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    yield CollectDialog(parent, tmp_path)
    parent.hide()  # and so it lives until here


def ready(dialog: CollectDialog) -> bool:
    return dialog._buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def test_without_named_credentials_nothing_is_collected(dialog: CollectDialog) -> None:
    assert not ready(dialog)
    dialog.profile.setText("  ")
    assert not ready(dialog)
    dialog.profile.setText("audit")
    assert ready(dialog)
    dialog.out.setText("")
    assert not ready(dialog)


def test_arguments_of_the_collecting_process(dialog: CollectDialog, tmp_path: Path) -> None:
    dialog.profile.setText(" audit ")
    dialog.regions.setText("eu-west-1, us-east-1")
    assert dialog.arguments() == {
        "profile": "audit",
        "environment": False,
        "regions": ["eu-west-1", "us-east-1"],
        "endpoint_url": None,
        "out": str(tmp_path / "estate.hound"),
    }
    dialog.environment.setChecked(True)
    assert dialog.arguments()["profile"] is None
    assert not dialog.profile.isEnabled()
    assert ready(dialog)
