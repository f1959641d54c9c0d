"""Whether a window can be shown on this machine."""

import os
import sys


def available() -> bool:
    """Windows and macOS always have a display; elsewhere X11 or Wayland must be named."""
    if sys.platform in {"win32", "darwin"}:
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform in {"offscreen", "minimal"}:
        return False
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
