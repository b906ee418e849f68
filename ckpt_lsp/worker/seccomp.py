"""The system call filters: written out as BPF by hand, since the user's interpreter has no libseccomp.

Two filters add up.  `outside` is put on before the user's interpreter starts and holds for everything in
the sandbox.  `inside` is what a forked dry run adds: no further processes, no signals to others.  Both are
lists of refusals; calls younger than the table of numbers are refused as unknown.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from dataclasses import dataclass
from typing import List, Optional

from . import syscalls


@dataclass(frozen=True)
class Refusal:
    """A call that fails with `errno`; with `argument` set only where the test of that argument holds."""

    name: str
    errno: int = errno.EPERM
    argument: Optional[int] = None
    test: str = "equal"
    """How the argument is held against `value`: "equal", "unequal" or "any bit"."""
    value: int = 0
    mask: int = 0xFFFFFFFF
    """Applied before "equal" and "unequal"."""


# -- what is refused ---------------------------------------------------------------------------------------

_NETWORK = "socket connect bind"
_OTHER_PROCESSES = (
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_open pidfd_getfd"
    " pidfd_send_signal kcmp rt_sigqueueinfo rt_tgsigqueueinfo tkill move_pages migrate_pages"
)
_FILE_ATTRIBUTES = (  # Landlock does not cover these
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat setxattr"
    " lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat file_setattr"
    " mknod mknodat"
)
_NAMESPACES = (
    "mount umount2 pivot_root chroot unshare setns move_mount open_tree open_tree_attr fsopen fsconfig"
    " fsmount fspick mount_setattr statmount listmount"
)
_IDENTITY = "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset"
_KERNEL = (
    "keyctl add_key request_key bpf userfaultfd perf_event_open init_module finit_module delete_module"
    " kexec_load kexec_file_load reboot swapon swapoff acct quotactl quotactl_fd syslog settimeofday"
    " clock_settime adjtimex clock_adjtime sethostname setdomainname vhangup iopl ioperm modify_ldt"
    " open_by_handle_at name_to_handle_at fanotify_init lookup_dcookie nfsservctl uselib ustat sysfs"
    " personality"
)
_SHARED_MEMORY = "shmget shmat shmctl msgget msgctl semget semctl mq_open mq_unlink"
_ABSENT = "clone3 io_uring_setup memfd_create memfd_secret"
"""Answered with ENOSYS, so that libraries fall back: clone3 hides flags from a filter, a memfd memory."""

_CLONE_NEW = 0x7E020000
_CLONE_THREAD = 0x10000
_SOCK_STREAM, _SOCK_TYPE = 1, 0xF
_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP = 0x5412, 0x541C, 0x8901, 0x8902
_F_SETOWN, _F_SETOWN_EX = 8, 15
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36


def outside() -> List[Refusal]:
    """For everything in the sandbox, the user's interpreter included."""
    groups = (_NETWORK, _OTHER_PROCESSES, _FILE_ATTRIBUTES, _NAMESPACES, _IDENTITY, _KERNEL, _SHARED_MEMORY)
    refusals = [Refusal(name) for group in groups for name in group.split()]
    refusals += [Refusal(name, errno.ENOSYS) for name in _ABSENT.split()]
    return [
        *refusals,
        Refusal("clone", argument=0, test="any bit", value=_CLONE_NEW),
        # A datagram pair could still send to a socket by its path; asyncio needs a stream pair.
        Refusal("socketpair", argument=1, test="unequal", value=_SOCK_STREAM, mask=_SOCK_TYPE),
        *(Refusal("ioctl", argument=1, value=v) for v in (_TIOCSTI, _TIOCLINUX, _FIOSETOWN, _SIOCSPGRP)),
        # An owner of a descriptor is sent signals: a way round `kill`.
        *(Refusal("fcntl", argument=1, value=v) for v in (_F_SETOWN, _F_SETOWN_EX)),
        # Each of these takes the id of another process of the same user.
        Refusal("prlimit64", argument=0, test="unequal", value=0),
        Refusal("sched_setaffinity", argument=0, test="unequal", value=0),
        Refusal("sched_setparam", argument=0, test="unequal", value=0),
        Refusal("sched_setscheduler", argument=0, test="unequal", value=0),
        Refusal("sched_setattr", argument=0, test="unequal", value=0),
        Refusal("setpriority", argument=1, test="unequal", value=0),
        Refusal("ioprio_set", argument=1, test="unequal", value=0),
    ]


def inside(pid: int) -> List[Refusal]:
    """For one forked dry run with this process id: threads yes, processes no, signals to itself only."""
    return [
        *(Refusal(name) for name in ("fork", "vfork", "execve", "execveat")),
        Refusal("clone3", errno.ENOSYS),
        Refusal("clone", argument=0, test="unequal", value=_CLONE_THREAD, mask=_CLONE_THREAD),
        Refusal("kill", argument=0, test="unequal", value=pid),
        Refusal("tgkill", argument=0, test="unequal", value=pid),
        # It must not shake off what ends it when the worker dies, nor open itself to its siblings.
        *(
            Refusal("prctl", argument=0, value=v)
            for v in (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER)
        ),
    ]


# -- as BPF ------------------------------------------------------------------------------------------------

_INSTRUCTION = struct.Struct("<HBBI")
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_JUMP_EQUAL, _JUMP_GREATER, _JUMP_BITS = 0x15, 0x25, 0x45
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16


def assemble(refusals: List[Refusal], machine: str) -> bytes:
    """The program as an array of `struct sock_filter`, for the kernel or for `bwrap --seccomp`."""
    program = [
        _step(_LOAD, _ARCH_AT),
        _step(_JUMP_EQUAL, syscalls.AUDIT_ARCH[machine], 1, 0),
        _step(_RETURN, _ERRNO | errno.ENOSYS),  # another machine's calls (32-bit) have other numbers
        _step(_LOAD, _NUMBER_AT),
        _step(_JUMP_GREATER, syscalls.NEWEST, 0, 1),  # also the x32 numbers
        _step(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for refusal in refusals:
        program += _block(refusal, machine)
    program.append(_step(_RETURN, _ALLOW))
    return b"".join(program)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return _INSTRUCTION.pack(code, if_true, if_false, value)


def _block(refusal: Refusal, machine: str) -> List[bytes]:
    """Returns the error if number and argument match, else falls through with the number loaded again."""
    number = syscalls.number(refusal.name, machine)
    if number is None:
        return []
    body = [*_argument(refusal), _step(_RETURN, _ERRNO | refusal.errno)]
    if refusal.argument is not None:
        body.append(_step(_LOAD, _NUMBER_AT))
    return [_step(_JUMP_EQUAL, number, 0, len(body)), *body]


def _argument(refusal: Refusal) -> List[bytes]:
    """Skips the return that follows where the test does not hold.

    Only the low half is looked at: all of these are ints or low flags to the kernel.
    """
    if refusal.argument is None:
        return []
    low = _ARGUMENTS_AT + 8 * refusal.argument
    if refusal.test == "any bit":
        return [_step(_LOAD, low), _step(_JUMP_BITS, refusal.value, 0, 1)]
    skip = (0, 1) if refusal.test == "equal" else (1, 0)
    return [_step(_LOAD, low), _step(_AND, refusal.mask), _step(_JUMP_EQUAL, refusal.value, *skip)]


# -- putting it on -----------------------------------------------------------------------------------------

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install(program: bytes) -> None:
    """For this thread and all it starts, for good.  Raises OSError where the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    described = _Program(len(program) // _INSTRUCTION.size, program)
    zero = ctypes.c_ulong(0)
    _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero))
    mode = ctypes.c_ulong(_SECCOMP_MODE_FILTER)
    _checked(libc.prctl(_PR_SET_SECCOMP, mode, ctypes.byref(described), zero, zero))


def _checked(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, "seccomp: " + errno.errorcode.get(code, str(code)))
