"""Who attacks: root and an ordinary user, each with an interpreter that it can read.

The interpreter of the checkout may lie in root's home; then a virtual environment is made for the test from one that
everybody can read, with the checkout's packages by a `.pth` file.  Where that is not possible the test is skipped,
and says what would help; `make system` gets it on Debian and Ubuntu.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
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
            pytest.skip("run the tests as root for this one")
        return User(name, 0, ())
    if os.getuid() != 0:
        return User(name, os.getuid(), ())
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("to become an ordinary user `setpriv` is needed: install util-linux")
    return User(name, NOBODY, (setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"))


def make_environment(folder: Path, user: User) -> Path:
    """A virtual environment with torch that `user` can start; returns its interpreter, or the test is skipped."""
    base = _base(user)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(base)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    (packages / "checkout.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = folder / "bin" / "python"
    _must_import(python, user)
    return python


def _base(user: User) -> Path:
    """An interpreter of our version, since the packages are built for it."""
    for candidate in _interpreters():
        if candidate.exists() and (user.uid == 0 or _open_to_all(candidate)) and _is_our_version(candidate):
            return candidate
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pytest.skip(
        f"no Python {version} that an ordinary user can read: install one below /usr, or PYTHON=that, make setup"
    )


def _interpreters() -> Iterator[Path]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    yield Path(sys.executable).resolve()
    for folder in ("/usr/bin", "/usr/local/bin", *os.environ.get("PATH", "").split(":")):
        yield Path(folder, version).resolve()
    yield from sorted(Path("/opt").glob(f"*/bin/{version}"))


def _open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def _is_our_version(python: Path) -> bool:
    ask = "import sys; print(sys.version_info[:2] == tuple(map(int, sys.argv[1:])))"
    command = [python, "-I", "-S", "-c", ask, *map(str, sys.version_info[:2])]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() == "True"


def _must_import(python: Path, user: User) -> None:
    """What the driver imports; the folders of the checkout may be closed to others."""
    command = [*user.prefix, str(python), "-B", "-c", "import torch, libcst"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it does not start"])[-1]
        pytest.skip(f"{user.name} cannot use the packages in {sysconfig.get_path('purelib')}: {last}")


def give(folder: Path, user: User) -> None:
    """All below `folder` belongs to the user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.uid, user.uid if os.getuid() == 0 else -1, follow_symlinks=False)
