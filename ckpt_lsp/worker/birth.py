"""How the process of a dry run comes to be, and the pipes to it: forked off this one, or spawned as a new one."""

from __future__ import annotations

import fcntl
import os
import sys
from dataclasses import dataclass
from typing import Callable, List, NoReturn, Protocol, Set, Tuple

from .protocol import DryRunJob

NOTHING, OUTPUT, ERRORS, RESULTS, QUESTIONS = range(5)
"""The descriptors of a dry run, and it has no others when it starts."""

_HIGH = 64
_WORKER = os.path.dirname(os.path.abspath(__file__))


@dataclass(frozen=True)
class Order:
    """What the process is to do, and by what it shows that it was told."""

    job: DryRunJob
    token: str
    scratch: str


@dataclass(frozen=True)
class Born:
    """A process as its parent holds it; the parent's ends do not block."""

    pid: int
    results: int
    questions: int
    outputs: Tuple[int, int]


@dataclass(frozen=True)
class Ends:
    """The process's own ends."""

    output: int
    errors: int
    results: int
    questions: int


class Births(Protocol):
    """Where the loop gets its processes from."""

    def begin(self) -> None: ...

    def expect(self, job: DryRunJob) -> None:
        """There is this job, and it waits."""
        ...

    def ready(self) -> bool:
        """Whether a process can be had now."""
        ...

    def hopeless(self) -> str:
        """Why none can be had later either, as things stand; "" where one is on its way."""
        ...

    def bear(self, order: Order) -> Tuple[Born, bool]:
        """A process for this order, and whether it has still to be told of it.  Raises OSError."""
        ...

    def waiting(self) -> Set[int]:
        """The processes that have no job yet."""
        ...

    def buried(self, pid: int) -> None:
        """One of those is gone."""
        ...

    def end(self) -> None:
        """Kills those, and makes no others."""
        ...


def fork(live: Callable[[Ends], NoReturn]) -> Born:
    """`live` is the whole life of the new process.  Raises OSError."""
    mine, theirs = _pipes()
    pid = os.fork()
    if pid == 0:
        live(Ends(*theirs))
    return _born(pid, mine, theirs)


def spawn(options: str) -> Born:
    """A new interpreter on this package, its ends where the constants say.  Raises OSError."""
    mine, theirs = _pipes()
    nothing = os.open(os.devnull, os.O_RDONLY)
    # Above all targets, so that none is overwritten before it has been copied.
    high = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, _HIGH) for one in (nothing, *theirs)]
    try:
        copies = [(os.POSIX_SPAWN_DUP2, one, number) for number, one in enumerate(high)]
        command = [sys.executable, "-I", "-B", _WORKER, options]
        pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=copies)
    except OSError:
        for descriptor in (*mine, *theirs):
            os.close(descriptor)
        raise
    finally:
        for descriptor in (nothing, *high):
            os.close(descriptor)
    return _born(pid, mine, theirs)


def _pipes() -> Tuple[List[int], List[int]]:
    """Both sides' ends, in the order of `Ends`."""
    output, errors, results = (os.pipe() for _ in range(3))
    their_questions, my_questions = os.pipe()
    mine = [output[0], errors[0], results[0], my_questions]
    return mine, [output[1], errors[1], results[1], their_questions]


def _born(pid: int, mine: List[int], theirs: List[int]) -> Born:
    for descriptor in theirs:
        os.close(descriptor)
    for descriptor in mine:
        os.set_blocking(descriptor, False)
    output, errors, results, questions = mine
    return Born(pid, results, questions, (output, errors))
