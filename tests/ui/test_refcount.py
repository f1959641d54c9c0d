"""The installed PySide6 keeps the reference counts of None and True.

PySide6 6.12.0 on CPython 3.11 gives away one reference of None in every call that returns nothing
and one of True in every emit, until the interpreter aborts. Each probe has a process of its own,
since a failing one may not survive. From CPython 3.12 on both are immortal and nothing can be lost.
"""

import subprocess
import sys

import pytest

CALLS = 200
# The interpreter itself takes and returns a few references meanwhile.
NOISE = 5

MEASURE = f"""
import sys

def lost(watched, call):
    before = sys.getrefcount(watched)
    for number in range({CALLS}):
        call(number)
    return before - sys.getrefcount(watched)
"""

EMIT = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Sender(QObject):
    sent = Signal(int)

app = QCoreApplication([])
heard, unheard = Sender(), Sender()
heard.sent.connect(lambda number: None)
print(lost(True, heard.sent.emit), lost(True, unheard.sent.emit))
for number in range(20_000):
    heard.sent.emit(number)
"""

CALL = """
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication, QWidget

app = QApplication([])
image, path, pen, widget = QImage(50, 50, QImage.Format.Format_RGB32), QPainterPath(), QPen(), QWidget()
painter = QPainter(image)
print(
    lost(None, lambda number: painter.drawPath(path)),
    lost(None, lambda number: painter.setPen(pen)),
    lost(None, lambda number: path.moveTo(number, 1)),
    lost(None, lambda number: widget.resize(number + 1, 5)),
    lost(None, lambda number: widget.update()),
)
painter.end()
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal here")
@pytest.mark.parametrize("probe", [pytest.param(EMIT, id="emit"), pytest.param(CALL, id="call")])
def test_qt_calls_lose_no_reference(probe: str) -> None:
    script = [sys.executable, "-c", MEASURE + probe]
    done = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert all(int(count) <= NOISE for count in done.stdout.split()), done.stdout
