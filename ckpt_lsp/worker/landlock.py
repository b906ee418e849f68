"""Landlock by three system calls: what of the file system a process may still touch, for good.

Rights only ever shrink, so a dry run adds a narrower layer to the one its worker was started under.  Used by
the launcher (our interpreter) and by the forked dry run (the user's).
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from typing import Sequence

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG, _MAKE_FIFO, _MAKE_SYM = 1 << 7, 1 << 8, 1 << 10, 1 << 12
_REFER, _TRUNCATE = 1 << 13, 1 << 14

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_SCRATCH = (  # no sockets and no devices; nothing in it is executed
    _WRITE_FILE | _READ_FILE | _READ_DIR | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_FIFO
    | _MAKE_SYM | _REFER | _TRUNCATE
)  # fmt: skip
_ALL_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_FILES_SINCE_5 = (1 << 16) - 1
_ALL_TCP, _ALL_SCOPES = 0b11, 0b11

SOUND_SINCE = 3
"""Below this version of the interface a file that may only be read can still be truncated."""


def version() -> int:
    """The kernel's Landlock interface version; 0 where there is none."""
    return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))))


def restrict(read: Sequence[str], write: Sequence[str]) -> None:
    """Leaves this thread, and what it starts, reading below `read` and writing below `write`, nothing else.

    Paths that do not exist are passed over; devices in `write` may be written to.  TCP, signals out of the
    sandbox and abstract sockets go as far as the kernel's version knows them.  Raises OSError.
    """
    libc, known = _libc(), version()
    if not known:
        raise OSError(errno.ENOSYS, "the kernel has no Landlock")
    files = _ALL_FILES.get(known, _ALL_FILES_SINCE_5)
    ruleset = _ruleset(libc, known, files)
    try:
        for path in read:
            _allow(libc, ruleset, path, _READ & files)
        for path in write:
            _allow(libc, ruleset, path, _SCRATCH & files)
        zero = ctypes.c_ulong(0)
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero))
        _checked(libc.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint(0)))
    finally:
        os.close(ruleset)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _ruleset(libc: ctypes.CDLL, known: int, files: int) -> int:
    words = [files]
    if known >= 4:
        words.append(_ALL_TCP)
    if known >= 6:
        words.append(_ALL_SCOPES)
    attributes = struct.pack("=%dQ" % len(words), *words)
    return _checked(libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0)))


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        kind = ctypes.c_int(_PATH_BENEATH)
        _checked(libc.syscall(_ADD, ctypes.c_int(ruleset), kind, rule, ctypes.c_uint(0)))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, "Landlock: " + errno.errorcode.get(code, str(code)))
    return result
