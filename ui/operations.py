"""Long work in the background: progress, cancel, and an end told on the main thread.

Foreign files and live accounts are read by a child process; the assessment of a snapshot that we wrote, and searches in it,
run in a thread. A child goes on behind a thread, which is short; of each there is one at a time.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from app.children import Child, ChildError, outcome
from graph.model import Cancelled, UserError
from graph.progress import CancelCheck, Progress

POLL = 40  # milliseconds between looks at a child


class Work(Protocol):
    """What a thread can run."""

    def __call__(self, *, progress: Progress, cancelled: CancelCheck) -> Any: ...


class _Thread(QThread):
    """Runs one piece of work; it never touches a widget."""

    progressed = Signal(object, str)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        try:
            result = self._work(
                progress=self.progressed.emit, cancelled=self.isInterruptionRequested
            )
        except Exception as error:  # noqa: BLE001 - told on the main thread
            self.failed.emit(error)
        else:
            self.done.emit(result)


class Operations(QObject):
    """Starts work and says how it goes; starting another piece cancels the one before of its sort."""

    started = Signal(str)
    progressed = Signal(object, str)  # share 0-1 or None, words
    ended = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _Thread | None = None
        self._child: Child | None = None
        self._done: Callable[[Any], None] = print  # gets the result of the thread
        self._child_done: Callable[[Any], None] = print
        self.reading = ""  # what the child does, while there is one
        self._timer = QTimer(self)
        self._timer.setInterval(POLL)
        self._timer.timeout.connect(self._poll)

    @property
    def busy(self) -> bool:
        """Is anything running?"""
        return self._thread is not None or self._child is not None

    @property
    def computing(self) -> bool:
        """Does a thread run?"""
        return self._thread is not None

    def run(self, title: str, work: Work, done: Callable[[Any], None]) -> None:
        """Run a function in a thread; `done` gets its result on the main thread."""
        self._cancel_thread()
        self._done = done
        thread = _Thread(work, self)
        self._thread = thread
        thread.progressed.connect(self._on_progress)
        thread.done.connect(self._on_done)
        thread.failed.connect(self._on_failed)
        thread.finished.connect(thread.deleteLater)
        self.started.emit(title)
        thread.start()

    def run_child(
        self,
        title: str,
        task: str,
        arguments: Mapping[str, Any],
        done: Callable[[dict[str, Any]], None],
    ) -> None:
        """Run a task of app.tasks in a process of its own."""
        self.cancel_all()
        self._child_done = done
        self._child = Child(task, arguments)
        self.reading = title
        self.started.emit(title)
        self._timer.start()

    def cancel(self) -> None:
        """End what is shown as running; nothing half-done is left."""
        if self._thread is not None:
            self._cancel_thread()
        elif self._child is not None:
            self._child.cancel()
            self._finish_child()

    def cancel_all(self) -> None:
        """End the thread and the child."""
        while self.busy:
            self.cancel()

    def wait(self) -> None:
        """Cancel, and wait for a thread to notice; for the end of the program."""
        thread = self._thread
        self.cancel_all()
        if thread is not None:
            thread.wait()

    def _cancel_thread(self) -> None:
        if self._thread is not None:
            self._thread.requestInterruption()
            self._finish_thread()

    def _finish_thread(self) -> None:
        self._thread = None
        self.ended.emit()
        if self._child is not None and not self.computing:
            self.started.emit(self.reading)  # it went on behind

    def _finish_child(self) -> None:
        self._timer.stop()
        self._child, self.reading = None, ""
        if not self.computing:
            self.ended.emit()

    def _poll(self) -> None:
        child = self._child
        if child is None:
            return
        for event in child.poll():
            if event.kind == "progress":
                if not self.computing:
                    self.progressed.emit(event.fraction, event.text)
                continue
            self._finish_child()
            try:
                result = outcome(event)
            except (UserError, Cancelled, ChildError) as error:
                self._tell(error)
            else:
                self._child_done(result)
            return

    def _on_progress(self, fraction: float | None, words: str) -> None:
        if self.sender() is self._thread:
            self.progressed.emit(fraction, words)

    def _on_done(self, result: object) -> None:
        if self.sender() is self._thread:
            done = self._done
            self._finish_thread()
            done(result)

    def _on_failed(self, error: Exception) -> None:
        if self.sender() is self._thread:
            self._finish_thread()
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(sentence(error))


def sentence(error: Exception) -> str:
    """What is said of an error: the user's own as it stands, ours with its name."""
    if isinstance(error, UserError):
        return str(error)
    return f"An error inside Modelhound ({type(error).__name__}: {error}); please report it."
