"""What a forked dry run may use, set in the child before any code of the user runs, and read out of its end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time

from .protocol import Limits

OPEN_FILES = 128
MAX_RESULT = 16 * 1024 * 1024
"""Bytes of one frame from a dry run; a longer one ends it."""
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36


def bound(limits: Limits, file_bytes: int) -> None:
    """Processor time, file size, open files, no core dumps.

    Not the address space: models built on the CPU without initialisers take tens of GB of it and no memory.
    Resident memory, threads and the scratch folder are watched from the pool.
    """
    import resource  # not on Windows, where this module is imported all the same

    # A process that has imported torch by itself has used some of its time already.
    seconds = limits.cpu_seconds + round(time.process_time())
    for what, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, ceiling = resource.getrlimit(what)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (soft, hard))


def die_with(parent: int) -> None:
    """This process is killed when `parent`, which forked it, is gone; at once if it already is."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Grandchildren whose parent ends become this process's children, wherever they have gone."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def close_to_others() -> None:
    """No other process of the same user may read or write this one's memory."""
    _prctl(_PR_SET_DUMPABLE, 0)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        zero = ctypes.c_ulong(0)
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), zero, zero, zero)


def describe_end(status: int, limits: Limits) -> str:
    """A wait status as a clause that names the cause."""
    if os.WIFEXITED(status):
        return "the model code exited with status %d" % os.WEXITSTATUS(status)
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return "the model code used more than %d s of processor time" % limits.cpu_seconds
    if number == signal.SIGXFSZ:
        return "the model code wrote a file beyond the size limit"
    return "the model code was ended by %s" % _name(number)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number
