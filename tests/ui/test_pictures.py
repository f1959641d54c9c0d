"""Pictures are drawn by the window's own views, also where there is no display."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from graph.model import UserError
from tests.ui.sample import nothing, small
from ui.pictures import HEIGHT, WIDTH, draw_worst_path

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("qapp")


def colours(image: QImage) -> int:
    """How many different colours a coarse grid of the picture has."""
    return len({image.pixel(x, y) for x in range(0, WIDTH, 3) for y in range(0, HEIGHT, 3)})


def test_the_worst_path_is_drawn_with_its_last_step(tmp_path):
    target = tmp_path / "path.png"
    draw_worst_path(small(), target)
    image = QImage(str(target))
    assert (image.width(), image.height()) == (WIDTH, HEIGHT)
    assert colours(image) > 40
    assert target.stat().st_size < 300_000


def test_no_path_is_the_users_error(tmp_path):
    with pytest.raises(UserError, match="no attack path"):
        draw_worst_path(nothing(), tmp_path / "path.png")


def test_a_folder_that_is_not_there_is_the_users_error(tmp_path):
    with pytest.raises(UserError, match="cannot write here"):
        draw_worst_path(small(), tmp_path / "gone" / "path.png")


def test_a_picture_needs_no_display(tmp_path):
    target = tmp_path / "path.png"
    code = (
        "from pathlib import Path; from tests.ui.sample import small; "
        f"from ui.pictures import draw_worst_path; draw_worst_path(small(), Path({str(target)!r}))"
    )
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=ROOT, env=env, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not QImage(str(target)).isNull()
