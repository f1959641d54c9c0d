"""The window: rail, top bar, views, inspector, foot; and `run`, which opens it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMenu, QStackedWidget

from app import sources
from graph.model import UserError
from ui import theme
from ui.command_table import command_table
from ui.commands import Commands
from ui.facts import Subject
from ui.guard import check_qt
from ui.operations import Operations, sentence
from ui.session import Place, Session
from ui.settings import Settings
from ui.shell import TABS, Foot, Rail, TopBar, vertical
from ui.text import count, moment, shown
from ui.views.start import Choice, StartView
from ui.views.view import View
from ui.widgets import row

if TYPE_CHECKING:
    from ui.inspector import Inspector

SNAPSHOTS = "Modelhound snapshots (*.hound);;All files (*)"


class MainWindow(QMainWindow):
    """Puts the parts together; what they do stands in their own modules."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.operations = Operations(self)
        self.session = Session(self.operations)
        self.setWindowTitle("Modelhound")
        self.setAcceptDrops(True)
        self.commands = Commands(self, command_table(self))
        self.rail = Rail(self.session.go)
        self.top = TopBar(self.commands)
        self.foot = Foot(self.operations)
        self.stack = QStackedWidget()
        self._closed = False
        self._views: dict[str, View] = {}
        self._stale: set[str] = set()
        self._add_view("start", StartView(self.session, settings, self._choices(), self.open_path))
        body = QMainWindow()  # the inspector docks beside the views, not beside the rail
        body.setWindowFlags(Qt.WindowType.Widget)
        body.setCentralWidget(self.stack)
        self._body = body
        self.inspector: Inspector | None = None
        central = vertical()
        line = row(self.rail, vertical(self.top, body, self.foot), gap=0)
        line.setStretch(1, 1)
        central.layout().addLayout(line)  # type: ignore[union-attr] # it is there: made above
        self.setCentralWidget(central)
        self._connect()
        self._restore()
        self.session.go("start")
        self._on_opened()

    # Views

    def view(self, key: str) -> View:
        """A view, made when it is first asked for."""
        if key not in self._views:
            from ui.views import registry  # noqa: PLC0415 - the start page needs none of them

            self._add_view(key, registry.make(key, self.session))
            self._stale.add(key)
        return self._views[key]

    def _add_view(self, key: str, view: View) -> None:
        self._views[key] = view
        self.stack.addWidget(view)
        self.settings.restore_splits(view)

    def _on_moved(self, place: Place) -> None:
        view = self.view(place.view)
        if place.view in self._stale:
            self._stale.discard(place.view)
            view.refresh()
        self.stack.setCurrentWidget(view)
        self.rail.show_place(place.view)
        view.visit(place)
        self.commands.refresh()

    def _on_opened(self) -> None:
        facts = self.session.facts
        self._stale = set(self._views) - {"start"}
        self.rail.enable(opened=facts is not None)
        self.commands.refresh()
        if facts is None:
            self.top.show_snapshot("No snapshot open", "")
            return
        snapshot, path = facts.assessment.snapshot, self.session.path
        if path is not None:
            self.settings.opened(path)
            self._views["start"].refresh()
        name = snapshot.name or (path.name if path else "Snapshot")
        self.top.show_snapshot(
            name, moment(snapshot.collected_at) or count(facts.graph.node_count, "asset")
        )
        self.setWindowTitle(shown(f"{name} - Modelhound"))
        if self.inspector is None and self.settings.store.value("inspector") == "shown":
            self.show_inspector()

    def on_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """The last door: an error of ours in a slot is told in the window as well as on standard error."""
        sys.__excepthook__(kind, error, trace)
        if isinstance(error, Exception):
            self.foot.show_error(sentence(error))

    def show_inspector(self, subject: Subject | None = None) -> None:
        """Open the inspector, made when it is first needed."""
        if self.inspector is None:
            from ui.inspector import Inspector  # noqa: PLC0415 - only when it is asked for

            self.inspector = Inspector(self.session)
            self._body.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.inspector)
        self.inspector.show()
        if subject is not None:
            self.inspector.inspect(subject)

    def toggle_inspector(self) -> None:
        """Show or hide the inspector."""
        if self.inspector is not None and self.inspector.isVisible():
            self.inspector.hide()
        else:
            self.show_inspector()

    # Opening

    def _choices(self) -> list[Choice]:
        return [
            Choice(
                "folder-open-outline",
                "Open a snapshot",
                "A .hound file that was collected or imported before.",
                self.choose_snapshot,
            ),
            Choice(
                "import",
                "Import exports",
                "What aws, az and gcloud printed, asset inventories, AzureHound, Terraform state; files or zips.",
                self.choose_exports,
            ),
            Choice(
                "cloud-download-outline",
                "Collect from a cloud",
                "Read a live AWS account or Azure tenant, read-only, with credentials that you name.",
                self.collect,
            ),
            Choice(
                "flask-outline",
                "Explore the sample estate",
                "A made-up company with models, agents, and the mistakes real teams make.",
                self.open_sample,
            ),
        ]

    def choose_snapshot(self) -> None:
        """Ask for a snapshot and open it."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a snapshot", "", SNAPSHOTS)
        if name:
            self.open_path(Path(name))

    def choose_exports(self) -> None:
        """Ask for exports and import them."""
        names, _ = QFileDialog.getOpenFileNames(self, "Import exports")
        if names:
            self.open_paths([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder of exports and import it."""
        name = QFileDialog.getExistingDirectory(self, "Import a folder of exports")
        if name:
            self.open_paths([Path(name)])

    def open_sample(self) -> None:
        """Open the estate that comes with Modelhound."""
        from app.sample import sample_path  # noqa: PLC0415 - only when it is asked for

        self.open_path(sample_path())

    def open_path(self, path: Path) -> None:
        """Open a snapshot, or import what is not one."""
        self.open_paths([path])

    def open_paths(self, paths: list[Path]) -> None:
        """Open one snapshot, or import all other files together; foreign files are read by a child."""
        try:
            sources.must_exist(paths)
        except UserError as error:
            self.foot.show_error(str(error))
            return
        if len(paths) == 1 and sources.is_snapshot(paths[0]):
            self.session.open_file(paths[0])
            return
        if self._is_reading():
            return
        out = self._new_snapshot(paths[0])
        if out is not None:
            arguments = {"paths": [str(path) for path in paths], "out": str(out)}
            self._child("Importing", "import", arguments)

    def _new_snapshot(self, source: Path) -> Path | None:
        proposed = source.with_suffix(sources.SUFFIX)
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the snapshot as", str(proposed), SNAPSHOTS
        )
        return Path(name) if name else None

    def collect(self) -> None:
        """Ask for an account and read it in a child that holds the credentials."""
        from ui.collect_dialog import CollectDialog  # noqa: PLC0415 - only when it is asked for

        if self._is_reading():
            return
        dialog = CollectDialog(self, Path.home())
        if dialog.exec():
            self._child(f"Collecting from {dialog.form.cloud}", dialog.task, dialog.arguments())

    def _is_reading(self) -> bool:
        """One account or set of exports is read at a time; what runs is not thrown away for another."""
        title = self.operations.reading
        if title:
            self.foot.show_error(f"{title} is not done yet; wait for it, or cancel it with Ctrl+.")
        return bool(title)

    def _child(self, title: str, task: str, arguments: Mapping[str, object]) -> None:
        def done(result: dict[str, object]) -> None:
            self.session.open_file(Path(str(result["out"])))

        self.operations.run_child(title, task, arguments, done)

    # What else there is to do

    def search(self) -> None:
        """Ctrl+K."""
        from ui.chooser import Chooser  # noqa: PLC0415 - only when it is asked for
        from ui.palette import hits  # noqa: PLC0415 - likewise

        hint = "Search assets by name or id, findings, commands"
        palette = Chooser(
            self, "Search", hint, lambda words: hits(words, self.session, self.commands)
        )
        below = self.top.search.mapToGlobal(self.top.search.rect().bottomLeft())
        palette.move(below.x(), below.y() + 4)
        palette.exec()

    def export(self) -> None:
        """Ask for a file and write the assessment to it."""
        from ui.export import export  # noqa: PLC0415 - only when it is asked for

        export(self, self.session)

    def show_menu(self) -> None:
        """Every command in menus, below the right end of the top bar."""
        menu = QMenu(self)
        menu.setAccessibleName("Menu")
        self.commands.fill(menu)
        corner = self.top.mapToGlobal(self.top.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width() + 8, 0))

    def show_help(self) -> None:
        """Every command with its keys."""
        from ui.help_dialog import HelpDialog  # noqa: PLC0415 - only when it is asked for

        HelpDialog(self, self.commands).exec()

    # Window

    def set_theme(self, key: str) -> None:
        """Show a theme and remember it."""
        self.settings.theme = key
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, key)

    def next_theme(self) -> None:
        """Light, dark, high contrast, and round again."""
        at = theme.NAMES.index(theme.current().theme.key)
        self.set_theme(theme.NAMES[(at + 1) % len(theme.NAMES)])

    def _connect(self) -> None:
        self.session.moved.connect(self._on_moved)
        self.session.opened.connect(self._on_opened)
        self.session.inspected.connect(self.show_inspector)
        self.session.said.connect(self.foot.show_note)
        self.session.undo.indexChanged.connect(self._on_done)
        self.operations.started.connect(self._on_done)
        self.operations.ended.connect(self._on_done)

    def _on_done(self) -> None:
        if not self._closed:  # the undo stack speaks once more while it is torn down
            self.commands.refresh()

    def _restore(self) -> None:
        self.resize(1440, 900)
        self.setMinimumSize(960, 640)
        geometry = self.settings.store.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def _may_close(self) -> bool:
        from ui.confirm import Confirm  # noqa: PLC0415 - only when it is asked for

        title = self.operations.reading
        about = "What it has read so far would be lost."
        return not title or bool(
            Confirm(self, f"{title} is not done yet", about, "Quit", "Go on").exec()
        )

    def closeEvent(self, event: QCloseEvent, /) -> None:
        if not self._may_close():
            event.ignore()
            return
        self.settings.store.setValue("geometry", self.saveGeometry())
        self.settings.keep_splits(self)
        shown = self.inspector is not None and self.inspector.isVisible()
        self.settings.store.setValue("inspector", "shown" if shown else "hidden")
        self._closed = True
        self.operations.wait()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent, /) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent, /) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        self.open_paths([Path(name) for name in local])


def run(paths: list[str]) -> int:
    """Open the window, with snapshots or exports if some are named; the exit code of the program."""
    check_qt()
    application = QApplication.instance() or QApplication(["modelhound"])
    if not isinstance(application, QApplication):
        raise UserError("another kind of Qt application runs in this process already")
    application.setApplicationName("modelhound")
    application.setApplicationDisplayName("Modelhound")
    settings = Settings()
    theme.apply(application, settings.theme)
    window = MainWindow(settings)
    sys.excepthook = window.on_error
    window.show()
    if paths:
        window.open_paths([Path(path) for path in paths])
    return application.exec()


__all__ = ["TABS", "MainWindow", "run"]
