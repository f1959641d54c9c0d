"""Make the checkout's own `.venv`: locked Python packages, then the system libraries Qt needs.

Standard library only, and syntax that an old Python can still read, so that it can say so.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "modelhound-setup"
LOCK = ROOT / "requirements.lock"
OLDEST_PYTHON = (3, 11)

# What Qt opens on Linux, by the name the loader looks for, and the Debian package it comes in.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libpcre2-8.so.0": "libpcre2-8-0",
    "libpng16.so.16": "libpng16-16",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libzstd.so.1": "libzstd1",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

QT_PROBE = (
    "from PySide6.QtWidgets import QApplication, QWidget\n"
    "import PySide6.QtSvg, pyqtgraph\n"
    "app = QApplication([])\n"
    "assert not QWidget().grab().isNull()\n"
)


class SetupError(Exception):
    """Something the person at the keyboard has to do; its text is the one sentence they see."""


def say(text: str) -> None:
    """Print a line of progress to standard error, where it mixes with no output of a task."""
    print(text, file=sys.stderr, flush=True)


def ensure() -> None:
    """Set `.venv` up unless that has been done for this lock, this Python and this folder."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(f"Modelhound needs Python 3.11 or newer; {sys.executable} is {found}.")
    wanted = _fingerprint()
    if VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    say("Setting up .venv from requirements.lock (once, one to three minutes) ...")
    _make_venv()
    _install_packages()
    _provide_qt_libraries()
    STAMP.write_text(wanted, encoding="utf-8")
    say("The set-up is complete.")


def _fingerprint() -> str:
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _make_venv() -> None:
    """Make the environment again when its interpreter is gone or of another version."""
    version = ".".join(map(str, sys.version_info[:2]))
    probe = [str(VENV_PYTHON), "-c", f"import pip, sys; assert sys.version[:4] == '{version}'"]
    if VENV_PYTHON.exists() and subprocess.run(probe, capture_output=True).returncode == 0:
        return
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, capture_output=True).returncode == 0:
        return
    # Debian ships the module, but not the wheel it needs, unless this package is there.
    _apt_install([f"python{version}-venv"], why="python -m venv cannot make an environment")
    subprocess.run(command, check=True)


def _install_packages() -> None:
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    locked = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
    project = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    for arguments in (locked, project):
        if subprocess.run([*pip, *arguments], cwd=ROOT).returncode:
            raise SetupError("pip could not install the locked packages; its message is above.")


def _provide_qt_libraries() -> None:
    """Install what Qt misses on Debian and Ubuntu as root; elsewhere say what it is."""
    missing = missing_packages() if sys.platform == "linux" else []
    if not missing and _qt_works():
        return
    try:
        _apt_install(missing, why="Qt misses system libraries")
    except SetupError as error:
        if not _qt_works():
            raise
        say(f"Note: {error} Without them there are pictures and reports, but perhaps no window.")
    if not _qt_works():
        probe = f"QT_QPA_PLATFORM=offscreen {VENV_PYTHON} -c 'import PySide6.QtWidgets'"
        raise SetupError(f"Qt cannot be started here; this command shows why: {probe}")


def missing_packages() -> list[str]:
    """Name the Debian packages of the libraries the loader cannot find, and of a font."""
    missing = [package for name, package in QT_LIBRARIES.items() if not _loads(name)]
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    if not any(next(folder.rglob("*.[ot]tf"), None) for folder in folders):
        missing.append(FONT_PACKAGE)
    return sorted(missing)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _qt_works() -> bool:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return (
        subprocess.run([VENV_PYTHON, "-c", QT_PROBE], env=env, capture_output=True).returncode == 0
    )


def _apt_install(packages: list[str], *, why: str) -> None:
    """Install Debian packages quietly, or raise the sentence that names them."""
    names = " ".join(packages)
    apt = shutil.which("apt-get")
    if apt is None:
        raise SetupError(f"{why}: install what Debian calls {names or 'the libraries of Qt'}.")
    by_hand = f"{why}: run `sudo apt-get install --no-install-recommends {names}`."
    if os.geteuid() != 0:
        raise SetupError(by_hand)
    say(f"Installing system packages: {names}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in ([apt, "update", "-qq"], install):
        done = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace")
    if done.returncode:
        say(done.stdout + done.stderr)
        raise SetupError(by_hand)


if __name__ == "__main__":
    try:
        ensure()
    except SetupError as problem:
        sys.exit(str(problem))
