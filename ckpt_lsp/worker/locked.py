"""Checkpoints that are not here, but of which the lock has a record: for the program they are there.

What the lock does not hold (the size of a file, its age, its bytes, a value that no slice read when it was written)
is unknown: to use it stops the dry run, and `lacking` says what the lock would have had to hold.
"""

from __future__ import annotations

import builtins
import io
import os
import pathlib
import stat
import sys
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple, TypeVar

from .checkpoint.records import Record
from .doubles import Opaque, ledger
from .protocol import DryRunJob

NEXT_STEP = "run `ckpt-lsp lock` where it is"
Keys = Tuple[Any, ...]
T = TypeVar("T")


class Locked:
    """The lock's records, as far as one dry run was given them."""

    def __init__(self, job: DryRunJob) -> None:
        self.used: List[str] = []
        self._plain = _without_links(job.locked)
        self._folders = _without_links(job.folders)
        self._lacks: Dict[str, List[Any]] = {}
        self._above: Set[str] = {folder for path in self._plain for folder in _folders_above(path)}

    def __bool__(self) -> bool:
        return bool(self._plain)

    def holds(self, path: Optional[str]) -> bool:
        return path in self._plain

    def record(self, path: str) -> Record:
        """Of a path that `holds`."""
        plain = self._plain[path]
        if plain is None:
            self._stop("the record of %s" % os.path.basename(path), ["record", path])
        if path not in self.used:
            self.used.append(path)
        return Record.from_plain(plain)

    def unrecorded(self, path: str, keys: Keys) -> Opaque:
        """In place of a value of `path` that is not recorded."""
        return Unrecorded(self, path, keys)

    def refuse_bytes(self, path: str) -> None:
        """Stops where a program goes on to read the file itself."""
        if path in self._plain:
            ledger.stop("the bytes of %s are not in the lock, only its keys and shapes" % os.path.basename(path))

    def lacking(self, reason: Optional[str]) -> List[Any]:
        """What the lock would have to hold for the dry run not to end with this reason."""
        return next((lack for origin, lack in self._lacks.items() if origin in (reason or "")), [])

    def lack(self, origin: str, what: List[Any]) -> str:
        """Notes what stands behind a noun phrase that reasons are made of, and gives the phrase back."""
        self._lacks[origin] = what
        return origin

    # -- what the file system would say ------------------------------------------------------------------------

    def state(self, path: str) -> Optional[os.stat_result]:
        """None for a path that the lock says nothing of."""
        if path in self._plain:
            return self._state(path, stat.S_IFREG | 0o644)
        if path in self._above and not _is_there(path):
            return self._state(path, stat.S_IFDIR | 0o755)
        return None

    def names(self, folder: str) -> Optional[List[str]]:
        """What lies in `folder`; None where nothing of the lock does."""
        if folder not in self._above:
            return None
        if folder in self._folders:
            return list(self._folders[folder])
        below = {os.path.relpath(path, folder).split(os.sep)[0] for path in self._plain if _is_below(path, folder)}
        if any(os.path.join(folder, name) in self._plain for name in below):
            self._stop("what else lies in the folder %s" % os.path.basename(folder), ["folder", folder])
        return sorted(below.union(_listdir(folder) if _is_there(folder) else ()))

    def _state(self, path: str, mode: int) -> os.stat_result:
        unknown = Opaque("the size or the age of %s, which is not here" % os.path.basename(path))
        fields: Tuple[Any, ...] = (mode, 0, 0, 1, 0, 0, unknown, unknown, unknown, unknown)
        return os.stat_result(fields)

    def _stop(self, what: str, lack: List[Any]) -> None:
        reason = "%s is not in the lock; %s" % (what, NEXT_STEP)
        ledger.stop(self.lack(reason, lack))


class Unrecorded(Opaque):
    """A value of a checkpoint that the lock does not hold.  Unlike other unknown values it does not even let itself be
    asked what kind of thing it is, since a program may well ask that of a value it has loaded.  It is never None."""

    def __init__(self, locked: Locked, path: str, keys: Keys) -> None:
        shown = "".join("[%r]" % (key,) for key in keys) or "what"
        name = os.path.basename(path)
        origin = "the value of %s in %s, which the lock does not hold (%s)" % (shown, name, NEXT_STEP)
        object.__setattr__(self, "_ckpt_origin", locked.lack(origin, ["value", path, list(keys)]))
        object.__setattr__(self, "_ckpt_place", (locked, path, keys))

    def __getitem__(self, key: Any) -> Any:
        locked, path, keys = self._ckpt_place
        return Unrecorded(locked, path, (*keys, key)) if isinstance(key, (str, int)) else Opaque(self._ckpt_origin)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        self._ckpt_stop("what kind of value it is")

    def __hash__(self) -> int:
        self._ckpt_stop("a key")

    def __str__(self) -> str:
        self._ckpt_stop("a text")

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        self._ckpt_stop("a text")


class _AbsentFile(io.RawIOBase):
    """`open("x.pth", "rb")`: to be handed to `torch.load`, which does not read it."""

    def __init__(self, locked: Locked, path: str, name: Any) -> None:
        super().__init__()
        self._locked = locked
        self.path = path
        self.name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._position(offset, whence)

    def tell(self) -> int:
        return self._position(0, 1)

    def readinto(self, buffer: Any) -> Any:
        self._locked.refuse_bytes(self.path)

    def _position(self, offset: int, whence: int) -> int:
        """The beginning is where it is, and any other place is asked for to read there."""
        if whence == 2 and sys._getframe(2).f_globals.get("__name__") == "fsspec.implementations.local":
            return 1 << 62  # It only keeps in mind how far it may read.
        if offset or whence == 2:
            self.readinto(None)
        return 0


class _Listed:
    """What `os.scandir` gives for one name."""

    def __init__(self, folder: str, name: str) -> None:
        self.name = name
        self.path = os.path.join(folder, name)

    def __fspath__(self) -> str:
        return self.path

    def is_dir(self, **kwargs: Any) -> bool:
        return os.path.isdir(self.path)

    def is_file(self, **kwargs: Any) -> bool:
        return os.path.isfile(self.path)

    def is_symlink(self) -> bool:
        return os.path.islink(self.path)

    def stat(self, **kwargs: Any) -> os.stat_result:
        return os.stat(self.path)


class _Scan:
    """What `os.scandir` gives."""

    def __init__(self, entries: List[_Listed]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[_Listed]:
        return self._entries

    def __next__(self) -> _Listed:
        return next(self._entries)

    def __enter__(self) -> "_Scan":
        return self

    def __exit__(self, *exc: Any) -> None:
        pass

    def close(self) -> None:
        pass


_real_stat, _listdir = os.stat, os.listdir


def install(locked: Locked) -> None:
    """From now on the file system of this process has the lock's files.  Before Python 3.11 pathlib keeps the
    functions of `os` in a class of its own."""
    for name in "stat lstat listdir scandir access".split():
        made = _STAND_INS[name](locked, getattr(os, name))
        setattr(os, name, made)
        accessor = getattr(pathlib, "_NormalAccessor", None)
        if hasattr(accessor, name):
            setattr(accessor, name, staticmethod(made))
    builtins.open = io.open = _opening(locked, builtins.open)


Function = Callable[..., Any]


def _stating(locked: Locked, original: Function) -> Function:
    def state(path: Any, *args: Any, **kwargs: Any) -> Any:
        known = locked.state(place) if (place := _place(path)) is not None else None
        return original(path, *args, **kwargs) if known is None else known

    return state


def _accessing(locked: Locked, original: Function) -> Function:
    def access(path: Any, mode: int, **kwargs: Any) -> bool:
        place = _place(path)
        if place is None or locked.state(place) is None:
            return bool(original(path, mode, **kwargs))
        return not mode & os.W_OK

    return access


def _listing(locked: Locked, original: Function) -> Function:
    def listdir(path: Any = ".") -> Any:
        names = locked.names(place) if (place := _place(path)) is not None else None
        return original(path) if names is None else names

    return listdir


def _scanning(locked: Locked, original: Function) -> Function:
    def scandir(path: Any = ".") -> Any:
        names = locked.names(place) if (place := _place(path)) is not None else None
        return original(path) if names is None else _Scan([_Listed(os.fspath(path), name) for name in names])

    return scandir


def _opening(locked: Locked, original: Function) -> Function:
    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        place = _place(file)
        if place is not None and locked.holds(place) and not set(mode) & set("wax+"):
            return _AbsentFile(locked, place, file)
        return original(file, mode, *args, **kwargs)

    return open_


_STAND_INS: Dict[str, Callable[[Locked, Function], Function]] = {
    "stat": _stating,
    "lstat": _stating,
    "listdir": _listing,
    "scandir": _scanning,
    "access": _accessing,
}


def _place(path: Any) -> Optional[str]:
    """Absolute; None for what is no path of text."""
    if isinstance(path, (str, os.PathLike)):
        text = os.fspath(path)
        return os.path.abspath(text) if isinstance(text, str) else None
    return None


def _is_there(path: str) -> bool:
    try:
        _real_stat(path)
    except (OSError, ValueError):
        return False
    return True


def _without_links(named: Dict[str, T]) -> Dict[str, T]:
    """By the given paths, and by the real ones: a program's working directory has no links in it."""
    return {**{os.path.realpath(path): value for path, value in named.items()}, **named}


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _folders_above(path: str) -> Iterator[str]:
    while os.path.dirname(path) != path:
        path = os.path.dirname(path)
        yield path
