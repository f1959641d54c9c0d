"""The user's own folders for Modelhound, where the platform wants them."""

from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("modelhound", appauthor=False)


def data() -> Path:
    """Workspaces and notes; made when first asked for, readable by the user alone where the system can."""
    return _made(Path(_DIRS.user_data_dir))


def settings() -> Path:
    """Settings and window state."""
    return _made(Path(_DIRS.user_config_dir))


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return folder  # a read-only home: callers say what they cannot save
    return folder
