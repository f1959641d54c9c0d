"""Child processes for tasks: JSON over a pipe, limits on memory, cancel by ending the process.

The window polls a Child from its event loop; the command line waits in `run`.
"""

import json
import multiprocessing
import time
import traceback
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from graph.model import Cancelled, UserError
from graph.progress import CancelCheck, Progress, never, silent, stop_if

MEMORY_LIMIT = 8 * 1024**3  # bytes of address space a child may take, where the system can limit it
_GRACE = 5.0  # seconds between asking a child to end and killing it


class Event(NamedTuple):
    """What a child says: kind is progress, done, refused (the user's error), cancelled, failed (it died) or broken.

    Broken is an error of ours; its `result` holds the traceback.
    """

    kind: str
    fraction: float | None = None
    text: str = ""
    result: dict[str, Any] | None = None


class ChildError(Exception):
    """An error of ours in a child; its note is the traceback."""


class Child:
    """One task in a process of its own; `poll` never blocks."""

    def __init__(self, task: str, arguments: Mapping[str, Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_main, args=(sender, task, dict(arguments)), daemon=True
        )
        self._process.start()
        sender.close()
        self._ended = False

    def poll(self) -> Iterator[Event]:
        """Every event since the last poll; after a final one there are no more."""
        while not self._ended and self._receiver.poll():
            try:
                event = Event(**json.loads(self._receiver.recv_bytes()))
            except EOFError:
                event = self._died()
            self._ended = event.kind != "progress"
            yield event
        if not self._ended and not self._process.is_alive() and not self._receiver.poll():
            self._ended = True
            yield self._died()

    def cancel(self) -> None:
        """End the process; a half-written file is never left because saving is atomic."""
        self._ended = True
        self._process.terminate()
        self._process.join(_GRACE)
        if self._process.is_alive():
            self._process.kill()

    def _died(self) -> Event:
        self._process.join(_GRACE)
        code = self._process.exitcode
        text = (
            f"the reading process ended unexpectedly (code {code}); the input may need more memory "
            "than is allowed, or be damaged: try a part of it"
        )
        return Event("failed", text=text)


def run(
    task: str,
    arguments: Mapping[str, Any],
    *,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> dict[str, Any]:
    """Run a task and wait; raises UserError or Cancelled as the task did."""
    child = Child(task, arguments)
    try:
        while True:
            for event in child.poll():
                if event.kind == "progress":
                    progress(event.fraction, event.text)
                else:
                    return outcome(event)
            stop_if(cancelled)
            time.sleep(0.02)
    except BaseException:
        child.cancel()
        raise


def outcome(event: Event) -> dict[str, Any]:
    """The result of a final event, or the exception it stands for."""
    if event.kind == "done":
        return event.result or {}
    if event.kind == "cancelled":
        raise Cancelled
    if event.kind == "broken":
        error = ChildError(event.text)
        error.add_note((event.result or {}).get("traceback", ""))
        raise error
    raise UserError(event.text)


def _main(sender: Connection, task: str, arguments: dict[str, Any]) -> None:
    from app.tasks import TASKS  # noqa: PLC0415 - imported in the child alone

    _limit_memory()

    def tell(event: Event) -> None:
        sender.send_bytes(json.dumps(event._asdict()).encode())

    def progress(fraction: float | None, text: str) -> None:
        tell(Event("progress", fraction, text))

    try:
        tell(Event("done", result=TASKS[task](arguments, progress=progress, cancelled=never)))
    except UserError as error:
        tell(Event("refused", text=str(error)))
    except (Cancelled, KeyboardInterrupt):
        tell(Event("cancelled"))
    except MemoryError:
        tell(Event("refused", text="the input needs more memory than is allowed; try a part of it"))
    except Exception as error:  # noqa: BLE001 - told to the parent, which shows one sentence
        trace = "".join(traceback.format_exception(error))
        tell(Event("broken", None, f"{type(error).__name__}: {error}", {"traceback": trace}))
    finally:
        sender.close()


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - POSIX only; Windows has no equivalent in the standard library
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return  # a lower limit is set already, or the system (macOS) does not know this one
