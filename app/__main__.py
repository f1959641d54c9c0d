"""Composition root: puts the command line and the window together; the only module here that knows ui."""

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app import display
from app.cli import cli
from app.cli.output import say
from graph.model import Cancelled, UserError

if TYPE_CHECKING:
    from graph.assessment import Assessment

INTERNAL_ERROR, WRONG_INPUT, CANCELLED = 1, 2, 130
_FULL = {errno.ENOSPC, errno.EFBIG}


def show_window(paths: Sequence[Path]) -> int:
    """Open the window; Qt is imported only now. UserError where Qt would end the process for want of a display."""
    if not display.available() and not os.environ.get("QT_QPA_PLATFORM"):
        raise UserError(
            "no display for the window (neither DISPLAY nor WAYLAND_DISPLAY is set); open it on a desktop, or use "
            "`modelhound assess` and `modelhound export` here"
        )
    from ui.main_window import run  # noqa: PLC0415 - Qt must not load for the command line

    return run([str(path) for path in paths])


def draw_picture(assessment: "Assessment", target: Path) -> None:
    """Draw the worst attack path with the window's own view."""
    from ui.pictures import draw_worst_path  # noqa: PLC0415 - Qt must not load for the command line

    draw_worst_path(assessment, target)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; a user's error is one sentence on standard error, never a traceback."""
    seams: dict[str, Any] = {"show_window": show_window, "draw_picture": draw_picture}
    try:
        code = cli.main(arguments, prog_name="modelhound", standalone_mode=False, obj=seams)
    except UserError as error:
        say(f"modelhound: {error}")
        return WRONG_INPUT
    except click.ClickException as error:
        _tell_usage(error)
        return WRONG_INPUT
    except (Cancelled, click.Abort, KeyboardInterrupt):
        say("modelhound: cancelled; nothing was written")
        return CANCELLED
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - the last door: no traceback reaches a user unasked
        return _internal_error(error, debug=bool(seams.get("debug")))
    return code if isinstance(code, int) else 0


def _tell_usage(error: click.ClickException) -> None:
    """What is wrong with the command as one sentence, and where its help is."""
    words = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if "\n\n" in words:  # a group without a command: the words are its help
        error.show()
    else:
        where = f"; see `{context.command_path} --help`" if context else ""
        say(f"modelhound: {' '.join(words.split())}{where}")


def _internal_error(error: Exception, *, debug: bool) -> int:
    if isinstance(error, OSError) and error.errno in _FULL:
        say(
            f"modelhound: nothing more can be written ({error.strerror}); make room and run it again"
        )
        return WRONG_INPUT
    if debug:
        traceback.print_exception(error)
    say(
        f"modelhound: an error inside Modelhound ({type(error).__name__}: {error}); "
        "run it again with `modelhound --debug ...` and report the output"
    )
    return INTERNAL_ERROR


if __name__ == "__main__":
    main()
