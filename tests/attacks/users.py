"""Who attacks: root and an ordinary user, each with an interpreter that it can read.

The interpreter of the checkout may lie in root's home; then a virtual environment is made for the test from one that
everybody can read, with the checkout's packages by a `.pth` file.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

NOBODY = 65534


@dataclass(frozen=True)
class User:
    name: str
    uid: int
    prefix: tuple[str, ...]
    """Command that becomes this user."""


def find(name: str) -> User:
    """The user, or the test is skipped: only root can become somebody else."""
    if name == "root":
        if os.getuid() != 0:
            pytest.skip("needs to be run as root")
        return User(name, 0, ())
    if os.getuid() != 0:
        return User(name, os.getuid(), ())
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv (util-linux) is not installed")
    return User(name, NOBODY, (setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"))


def make_environment(folder: Path) -> Path:
    """A virtual environment with torch that every user can read; returns its interpreter."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    packages.mkdir(parents=True)
    base = _base(version)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(base)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    (packages / "checkout.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def _base(version: str) -> Path:
    for candidate in (Path(sys.executable).resolve(), Path("/usr/bin") / version, Path("/usr/local/bin") / version):
        if candidate.exists() and _open_to_all(candidate.resolve()):
            return candidate.resolve()
    pytest.skip(f"no {version} that an ordinary user can read")


def _open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def give(folder: Path, user: User) -> None:
    """All below `folder` belongs to the user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.uid, user.uid if os.getuid() == 0 else -1, follow_symlinks=False)
