"""Run by path under our interpreter: reads one checkpoint, writes its record as one frame to stdout, ends.

`python -I -S -B reader.py PATH`.  The file is nobody's friend: before a byte of it is read, this process gives up
all that reading it does not take.  Unlike the worker it may do so itself, since nothing but our own code has run.
"""

from __future__ import annotations

import contextlib
import os
import sys
from itertools import islice
from pathlib import Path

if __name__ == "__main__":  # behind the standard library, which none of our neighbours may shadow
    sys.path.append(str(Path(__file__).resolve().parents[2]))

from ckpt_lsp.worker import landlock, limits, seccomp, syscalls
from ckpt_lsp.worker.checkpoint import plain
from ckpt_lsp.worker.checkpoint.read import CheckpointError, read
from ckpt_lsp.worker.checkpoint.source import open_source
from ckpt_lsp.worker.protocol import ProtocolError, encode

CPU_SECONDS = 20
MEMORY_BYTES = 1 << 30
_MOST_BESIDE = 4096
"""Files of one folder that may belong to a checkpoint."""

TOO_LARGE = {
    "kind": "TooLarge",
    "cause": "describes more objects than a checkpoint of weights needs",
    "next_step": "move what is not weights out of the checkpoint",
}


def main() -> None:
    path = sys.argv[1]
    _give_up(path)
    try:
        frame = encode(_answer(path))
    except (MemoryError, ProtocolError):
        frame = encode({"error": TOO_LARGE})
    with open(1, "wb", closefd=False) as stdout:
        stdout.write(frame)


def _answer(path: str) -> dict[str, object]:
    try:
        return {"record": plain.to_plain(read(path))}
    except CheckpointError as error:
        kind = type(error).__name__
        return {"error": {"kind": kind, "cause": error.cause, "next_step": error.next_step, "name": error.name}}
    except OSError as error:
        return {"system": [error.errno, error.strerror, error.filename]}


# -- what is given up --------------------------------------------------------------------------------------


def _give_up(path: str) -> None:
    if sys.platform == "win32":
        return
    limits.die_with(os.getppid())
    _bound()
    if sys.platform == "linux":
        _confine(path)


def _confine(path: str) -> None:
    """As far as this kernel can: files by Landlock, system calls by seccomp."""
    if landlock.version():
        landlock.restrict(_belonging(path), ())
    machine = syscalls.machine()
    if machine:
        seccomp.install(seccomp.assemble([*seccomp.outside(), *seccomp.inside(os.getpid())], machine))


def _bound() -> None:
    import resource  # not on Windows

    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            _, ceiling = resource.getrlimit(what)
            most = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
            resource.setrlimit(what, (most, most))


def _belonging(path: str) -> list[str]:
    """The file; with a directory or an index the files beside it, too, wherever their links lead."""
    with contextlib.suppress(OSError, CheckpointError):
        if Path(path).is_dir():
            return [path, *_files(Path(path))]
        with open_source(path) as source:
            if source.some_at(0, 64).lstrip()[:1] == b"{":
                return [path, *_files(Path(path).parent)]
    return [path]


def _files(folder: Path) -> list[str]:
    return [str(path) for path in islice(folder.iterdir(), _MOST_BESIDE) if path.is_file()]


if __name__ == "__main__":
    main()
