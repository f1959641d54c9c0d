"""What each cloud's collection asks for: which credentials, which part of the estate; one form a cloud, in one list."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLayout, QLineEdit, QWidget

from ui.widgets import Pick

_LABEL_WIDTH = 104  # pixels
_SOURCES = {
    "": "Choose …",
    "az": "The login of the Azure CLI (az login)",
    "environment": "The AZURE_* environment variables",
    "client": "A client, and the variable that holds its secret",
}


_GOOGLE_SOURCES = {
    "": "Choose …",
    "gcloud": "The login of gcloud auth application-default",
    "file": "A file of a service account, or of such a login",
    "environment": "The file that GOOGLE_APPLICATION_CREDENTIALS names",
}


class CollectForm(QWidget):
    """The fields of one cloud."""

    changed = Signal()
    cloud = ""  # as the user reads it
    task = ""  # what runs in the collecting process

    def __init__(self) -> None:
        super().__init__()
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(12)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)

    def ready(self) -> bool:
        """Whether the credentials are named."""
        raise NotImplementedError

    def arguments(self) -> dict[str, Any]:
        """What the collecting process is told of this cloud."""
        raise NotImplementedError

    def add(self, label: str, hint: str) -> QLineEdit:
        """One more field; `label` may mark its shortcut."""
        made = field(label.replace("&", ""), hint)
        made.textChanged.connect(lambda _text: self.changed.emit())
        add_row(self.form, label, made)
        return made


class AwsForm(CollectForm):
    """A profile, or the environment; regions."""

    cloud = "AWS"
    task = "collect-aws"

    def __init__(self) -> None:
        super().__init__()
        self.profile = self.add("&Profile", "audit")
        self.environment = QCheckBox("Use the AWS_* environment variables instead")
        self.environment.toggled.connect(self.profile.setDisabled)
        self.environment.toggled.connect(lambda _on: self.changed.emit())
        add_row(self.form, "", self.environment)
        self.regions = self.add("&Regions", "all enabled regions; or eu-west-1, us-east-1")

    def ready(self) -> bool:
        return self.environment.isChecked() or bool(self.profile.text().strip())

    def arguments(self) -> dict[str, Any]:
        environment = self.environment.isChecked()
        return {
            "profile": None if environment else self.profile.text().strip(),
            "environment": environment,
            "regions": _words(self.regions),
        }


class AzureForm(CollectForm):
    """The login of the Azure CLI, the environment, or a client; tenant and subscriptions."""

    cloud = "Azure"
    task = "collect-azure"

    def __init__(self) -> None:
        super().__init__()
        self.source = Pick("Credentials", self._chosen)
        self.source.refill(_SOURCES)
        add_row(self.form, "&Credentials", self.source)
        self.client = self.add("Client &id", "application (client) id")
        self.variable = self.add(
            "Secret &variable", "MODELHOUND_SECRET, the name and not the secret"
        )
        self.tenant = self.add("&Tenant", "that of the credentials; a client needs it")
        self.subscriptions = self.add(
            "&Subscriptions", "all that the credentials show; or their ids"
        )
        self._chosen()

    def _chosen(self) -> None:
        for each in (self.client, self.variable):
            self.form.setRowVisible(each, self.source.chosen == "client")
        self.changed.emit()

    def ready(self) -> bool:
        if self.source.chosen != "client":
            return bool(self.source.chosen)
        needed = (self.client, self.variable, self.tenant)
        return all(each.text().strip() for each in needed)

    def arguments(self) -> dict[str, Any]:
        client = self.source.chosen == "client"
        return {
            "az_login": self.source.chosen == "az",
            "environment": self.source.chosen == "environment",
            "client_id": self.client.text().strip() if client else "",
            "secret_variable": self.variable.text().strip() if client else "",
            "tenant": self.tenant.text().strip(),
            "subscriptions": _words(self.subscriptions),
            "cloud": "public",
        }


class GoogleForm(CollectForm):
    """The login of gcloud, a file, or the variable that names one; what to read."""

    cloud = "Google Cloud"
    task = "collect-gcp"

    def __init__(self) -> None:
        super().__init__()
        self.source = Pick("Credentials", self._chosen)
        self.source.refill(_GOOGLE_SOURCES)
        add_row(self.form, "&Credentials", self.source)
        self.file = self.add("Credentials &file", "key.json of a service account")
        self.projects = self.add("&Projects", "my-project-123, another-project")
        self.folders = self.add("F&olders", "their numbers")
        self.organizations = self.add("Or&ganisations", "123456789012")
        self.regions = self.add("&Regions", "those that hold something; more: us-central1")
        self._chosen()

    def _chosen(self) -> None:
        self.form.setRowVisible(self.file, self.source.chosen == "file")
        self.changed.emit()

    def ready(self) -> bool:
        scopes = (self.projects, self.folders, self.organizations)
        named = self.source.chosen and (self.source.chosen != "file" or self.file.text().strip())
        return bool(named) and any(_words(each) for each in scopes)

    def arguments(self) -> dict[str, Any]:
        return {
            "credentials_file": self.file.text().strip() if self.source.chosen == "file" else "",
            "gcloud": self.source.chosen == "gcloud",
            "environment": self.source.chosen == "environment",
            "projects": _words(self.projects),
            "folders": _words(self.folders),
            "organizations": _words(self.organizations),
            "regions": _words(self.regions),
            "grpc_target": None,  # of test servers, by the command line alone
        }


FORMS: tuple[type[CollectForm], ...] = (AwsForm, AzureForm, GoogleForm)


def add_row(form: QFormLayout, label: str, content: QWidget | QLayout) -> None:
    """A row whose label is as wide as those of the other forms beside it."""
    form.addRow(label, content)
    if label:
        form.labelForField(content).setMinimumWidth(_LABEL_WIDTH)


def field(name: str, hint: str) -> QLineEdit:
    """A line to type into, named for those who hear it."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


def _words(line: QLineEdit) -> list[str]:
    return line.text().replace(",", " ").split()
