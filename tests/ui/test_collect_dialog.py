"""The collect dialog guesses no credentials: it can be confirmed only when a source of them is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from app.tasks import TASKS
from ui.collect_dialog import CollectDialog
from ui.collect_forms import FORMS, AwsForm, AzureForm, CollectForm, GoogleForm

CLIENT = "30000000-0000-0000-0000-000000000050"


@pytest.fixture
def dialog(qtbot, tmp_path: Path) -> Iterator[CollectDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    yield CollectDialog(parent, tmp_path)
    parent.hide()  # and so it lives until here


def ready(dialog: CollectDialog) -> bool:
    return dialog._buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()


def aws(dialog: CollectDialog) -> AwsForm:
    dialog.cloud.choose("collect-aws")
    assert isinstance(dialog.form, AwsForm)
    return dialog.form


def azure(dialog: CollectDialog) -> AzureForm:
    dialog.cloud.choose("collect-azure")
    assert isinstance(dialog.form, AzureForm)
    return dialog.form


@pytest.mark.parametrize("form", FORMS)
def test_every_cloud_has_a_task_and_nothing_to_start_with(
    dialog: CollectDialog, form: type[CollectForm]
) -> None:
    dialog.cloud.choose(form.task)
    assert dialog.task == form.task
    assert form.task in TASKS
    assert not ready(dialog)


def test_without_named_credentials_nothing_is_collected(dialog: CollectDialog) -> None:
    form = aws(dialog)
    form.profile.setText("  ")
    assert not ready(dialog)
    form.profile.setText("audit")
    assert ready(dialog)
    dialog.out.setText("")
    assert not ready(dialog)


def test_arguments_of_the_collecting_process(dialog: CollectDialog, tmp_path: Path) -> None:
    form = aws(dialog)
    form.profile.setText(" audit ")
    form.regions.setText("eu-west-1, us-east-1")
    assert dialog.arguments() == {
        "profile": "audit",
        "environment": False,
        "regions": ["eu-west-1", "us-east-1"],
        "endpoint_url": None,
        "out": str(tmp_path / "estate.hound"),
    }
    form.environment.setChecked(True)
    assert dialog.arguments()["profile"] is None
    assert not form.profile.isEnabled()
    assert ready(dialog)


def test_azure_takes_a_login_the_environment_or_a_whole_client(dialog: CollectDialog) -> None:
    form = azure(dialog)
    for source in ("az", "environment"):
        form.source.choose(source)
        assert ready(dialog)
        assert form.client.isHidden()
    form.source.choose("client")
    assert not form.client.isHidden()
    for line, words in (
        (form.client, CLIENT),
        (form.variable, "MY_SECRET"),
        (form.tenant, "contoso.example"),
    ):
        assert not ready(dialog)
        line.setText(words)
    assert ready(dialog)
    form.subscriptions.setText("a, b")
    told = dialog.arguments()
    assert {name: told[name] for name in ("client_id", "secret_variable", "tenant", "subscriptions")} == {
        "client_id": CLIENT, "secret_variable": "MY_SECRET", "tenant": "contoso.example", "subscriptions": ["a", "b"],
    }  # fmt: skip
    form.source.choose("az")
    told = dialog.arguments()
    assert (told["az_login"], told["client_id"], told["secret_variable"]) == (True, "", "")


def test_what_the_dialog_tells_is_what_the_command_tells(dialog: CollectDialog) -> None:
    from app.cli.collect import collect  # noqa: PLC0415 - for this test alone

    for form in FORMS:
        dialog.cloud.choose(form.task)
        command = collect.commands[form.task.removeprefix("collect-")]
        options = {str(option.name) for option in command.params}
        assert set(dialog.arguments()) == options


def test_google_cloud_needs_credentials_and_something_to_read(dialog: CollectDialog) -> None:
    dialog.cloud.choose("collect-gcp")
    form = dialog.form
    assert isinstance(form, GoogleForm)
    form.source.choose("file")
    form.projects.setText("shop-ml, shop-data")
    assert not ready(dialog)
    form.file.setText("key.json")
    assert ready(dialog)
    form.projects.setText("")
    assert not ready(dialog)
    form.organizations.setText("123456789012")
    form.source.choose("gcloud")
    assert ready(dialog)
    arguments = form.arguments()
    assert arguments["credentials_file"] == ""
    assert arguments["gcloud"] is True
    assert arguments["organizations"] == ["123456789012"]
