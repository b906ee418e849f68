"""Run by path under our interpreter: puts layers on itself, then becomes the user's interpreter.

`python -I -S launcher.py SPEC COMMAND...`.  With "supervise" a process stays outside the layers that
ends everything below it when its standard input ends: when the pool's process is gone, however it went.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import struct
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

if __name__ == "__main__":  # behind the standard library, which none of our neighbours may shadow
    sys.path.append(str(Path(__file__).resolve().parents[2]))

from ckpt_lsp.worker import landlock, limits, processes, seccomp, syscalls

_PR_CAPBSET_DROP, _CAPABILITIES = 24, 64
_CAPSET_VERSION_3 = 0x20080522
_DESCRIPTORS = 4096


@dataclass(frozen=True)
class Spec:
    """Which layers to put on."""

    supervise: bool = False
    seccomp: bool = False
    landlock: bool = False
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = field(default=())


def arguments(spec: Spec, command: tuple[str, ...]) -> tuple[str, ...]:
    """The command line that starts `command` under the layers of `spec`."""
    ours = os.path.realpath(sys.executable)
    return (ours, "-I", "-S", str(Path(__file__).resolve()), json.dumps(asdict(spec)), *command)


def folders() -> tuple[Path, ...]:
    """What must be readable for the launcher to start inside another mechanism."""
    libraries = Path(os.__file__).resolve().parents[1]
    return (Path(sys.executable).resolve(), libraries, Path(__file__).resolve().parents[1])


def main() -> None:
    spec, command = Spec(**json.loads(sys.argv[1])), sys.argv[2:]
    if spec.supervise:
        _supervise()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if spec.landlock:
        _drop_capabilities()
        landlock.restrict(spec.read, spec.write)
    machine = syscalls.machine()
    if spec.seccomp and machine:
        seccomp.install(seccomp.assemble(seccomp.outside(), machine))
    os.execve(command[0], command, os.environ)


def _drop_capabilities() -> None:
    """As root, too, the worker has no more rights than the files' modes give."""
    libc = ctypes.CDLL(None)
    zero = ctypes.c_ulong(0)
    for number in range(_CAPABILITIES):
        libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(number), zero, zero, zero)
    libc.capset(struct.pack("=Ii", _CAPSET_VERSION_3, 0), bytes(24))


# -- the supervisor ----------------------------------------------------------------------------------------


def _supervise() -> None:
    """Forks.  Returns in the child; the parent stays here to the end."""
    limits.adopt_orphans()
    parent = os.getpid()
    ended, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    pid = os.fork()
    if pid:
        _stand_by(pid, ended, woken)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(ended)
    os.close(woken)
    limits.die_with(parent)


def _stand_by(pid: int, ended: int, woken: int) -> None:
    """Waits for the end of either side, then exits as the worker did."""
    status = 1
    try:
        _close_all_but(ended, woken)
        result = None
        while result is None:
            ready, _, _ = select.select([0, ended], [], [])
            if 0 in ready and not os.read(0, 1):
                break
            result = _reap(pid)
        _end_all()
        status = 0 if result is None else _exit_code(result)
    finally:
        os._exit(status)


def _exit_code(status: int) -> int:
    """As a shell gives it: 128 and the signal's number."""
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def _close_all_but(*kept: int) -> None:
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, _DESCRIPTORS)


def _reap(pid: int) -> int | None:
    """The wait status of the worker, once it has one; orphans are buried on the way."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while (one := os.waitpid(-1, os.WNOHANG))[0]:
            if one[0] == pid:
                found = one[1]
    return found


def _end_all() -> None:
    """Kills what is left below, and what falls to this process thereby, until nothing is."""
    for _ in range(200):
        left = list(processes.children())
        if not left:
            return
        for pid in left:
            processes.kill(pid)
        _reap(0)
        time.sleep(0.005)


if __name__ == "__main__":
    main()
