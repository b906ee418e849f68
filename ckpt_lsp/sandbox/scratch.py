"""The private folders of workers: made, removed, and swept up where a process was killed before it could."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "ckpt-lsp-"


def make() -> Path:
    """A new folder for one worker of this process; what dead processes left is removed first."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        if _is_left_behind(folder):
            remove(folder)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")).resolve()


def _is_left_behind(folder: Path) -> bool:
    owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        return owner.isdigit() and folder.lstat().st_uid == os.getuid() and not _alive(int(owner))
    except OSError:
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def remove(folder: Path) -> None:
    """What a dry run left may be closed to its owner."""
    for path, folders, _ in os.walk(folder):
        for name in folders:
            inside = Path(path, name)
            with contextlib.suppress(OSError):
                if not inside.is_symlink():
                    inside.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
