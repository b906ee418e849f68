"""Tests on the way to the call that ask whether a file is there: `if os.path.isfile(args.resume):`.

Where it is not, the program passes the call by.  A second look goes on as if it were there, to name what would be
loaded into what.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
from typing import Any, Callable, Iterator, Optional

from .doubles import opaque_path


class _Now:
    watched = False
    """A test that leads to the call is being evaluated."""
    pretends = False
    """This is a second look: files that such a test asks for are there."""
    absent: Optional[str] = None
    """The last of them that is not, as the program names it."""


now = _Now()


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Round the evaluation of a test that leads to the call."""
    now.watched = True
    try:
        yield
    finally:
        now.watched = False


def install() -> None:
    """Patches this process for good, after anything else that answers such questions."""
    for name in ("exists", "isfile"):
        setattr(os.path, name, _noting(getattr(os.path, name)))
    for name in ("exists", "is_file"):
        setattr(pathlib.Path, name, _noting(getattr(pathlib.Path, name)))
    os.listdir = _listing(os.listdir)


def _listing(original: Callable[..., Any]) -> Callable[..., Any]:
    def listdir(path: Any = ".") -> Any:
        """On a second look a folder that is not there is empty."""
        try:
            return original(path)
        except FileNotFoundError:
            if now.pretends:
                return []
            raise

    return listdir


def _noting(original: Callable[..., bool]) -> Callable[..., bool]:
    @functools.wraps(original)
    def is_there(path: Any, *args: Any, **kwargs: Any) -> bool:
        found = original(path, *args, **kwargs)
        named = isinstance(path, (str, os.PathLike)) and opaque_path(path) is None and os.fspath(path) not in ("", ".")
        if found or not now.watched or not named or os.path.isdir(path):
            return found
        now.absent = os.fspath(path)
        return now.pretends

    return is_there
