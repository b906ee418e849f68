"""Which files of a project are worth a look, what their text is, and where the project begins."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from ..source.sites import may_stand_in
from ..types import Document, FileProblem

MAX_BYTES = 8 * 1024 * 1024
"""Longer files are generated; parsing one takes minutes."""

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})
"""Besides folders whose name begins with a dot, and virtual environments under any name."""


def python_files(path: Path, root: Path, exclude: Sequence[str] = ()) -> Iterator[Path]:
    """The Python files and notebooks at or below `path`, sorted, without those of environments, caches and `exclude`.

    A file that is named itself is always given back: whoever names it means it.
    """
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        here = Path(folder)
        names[:] = sorted(name for name in names if not _skipped(here / name, root, exclude))
        for name in sorted(files):
            file = here / name
            if name.endswith((".py", ".ipynb")) and not excluded(file, root, exclude) and file.is_file():
                yield file


def excluded(path: Path, root: Path, patterns: Sequence[str]) -> bool:
    """True if a pattern fits a name on the way from `root`, or, where it holds a slash, the way from `root`.

    `*` and `?` as in a shell; a folder that is left out is left out with all it holds.
    """
    try:
        relative = PurePosixPath(path.relative_to(root).as_posix())
    except ValueError:
        return False
    ways = [relative, *relative.parents][:-1]
    return any(_fits(way, pattern) for way in ways for pattern in patterns)


def read(path: Path) -> Document | FileProblem | None:
    """The text of a file that may hold a load site, None if it holds none, or why it cannot be read."""
    try:
        content = _content(path)
    except OSError as error:
        return FileProblem(path, f"cannot be read: {error.strerror or error}")
    if isinstance(content, str):
        return FileProblem(path, content)
    return _document(path, content) if may_stand_in(content.decode("ascii", "ignore")) else None


def workspace_root(path: Path) -> Path:
    """Where the project that `path` belongs to begins: top of its git repository, else the nearest folder
    with a pyproject.toml, else the working directory if that holds it, else its own folder.

    A home directory or a file system's root is no project, whatever lies in it: a dry run may read all of
    its project.
    """
    folder = path if path.is_dir() else path.parent
    above = [f for f in (folder, *folder.parents) if not _too_wide(f)]
    for marker in (".git", "pyproject.toml"):
        for candidate in above:
            if (candidate / marker).exists():
                return candidate
    here = Path.cwd()
    return here if here in above else folder


def _too_wide(folder: Path) -> bool:
    home = Path.home()
    return folder == home or folder in home.parents


def _skipped(folder: Path, root: Path, exclude: Sequence[str]) -> bool:
    name = folder.name
    hidden = name.startswith(".") or name in SKIPPED_FOLDERS
    return hidden or (folder / "pyvenv.cfg").exists() or excluded(folder, root, exclude)


def _fits(way: PurePosixPath, pattern: str) -> bool:
    whole = "/" in pattern.rstrip("/")
    return fnmatch(str(way) if whole else way.name, pattern.strip("/"))


def _content(path: Path) -> bytes | str:
    """The bytes, or why they are not wanted.  A pipe or device is not even opened.  Raises OSError."""
    if path.exists() and not path.is_file():
        return "is not a regular file"
    size = path.stat().st_size
    if size > MAX_BYTES:
        return f"is too large to check: {size / 1e6:.0f} MB, and {MAX_BYTES / 1e6:.0f} MB is the limit"
    return path.read_bytes()


def _document(path: Path, content: bytes) -> Document | FileProblem:
    try:
        return Document(path, content.decode(_encoding(content)))
    except SyntaxError as error:
        return FileProblem(path, f"cannot be decoded: {error.msg}; correct the encoding declared in it")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"line {line} is not {error.encoding}; save the file as UTF-8 or declare its encoding"
        return FileProblem(path, problem)


def _encoding(content: bytes) -> str:
    """As Python finds it out (PEP 263).  Raises SyntaxError, and UnicodeDecodeError where none is declared."""
    try:
        return tokenize.detect_encoding(io.BytesIO(content).readline)[0]
    except SyntaxError:
        b"".join(content.splitlines()[:2]).decode()
        raise
