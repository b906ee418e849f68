"""Reaching other processes: by signal, by memory, by /proc, by being more than one."""

# The system calls are the attack.
# ruff: noqa: PTH208

import ctypes
import fcntl
import os
import resource
import signal
import subprocess
import time

from target import AIM, call, read, secret


def kill_victim():
    os.kill(AIM["victim"], signal.SIGKILL)
    return "killed"


def kill_server():
    os.kill(AIM["server"], 0)
    return "may signal the server"


def kill_worker():
    os.kill(os.getppid(), signal.SIGSTOP)
    return "stopped the worker"


def kill_all():
    os.kill(-1, 0)
    return "may signal everybody"


def kill_group_of_worker():
    os.killpg(os.getpgid(os.getppid()), 0)
    return "may signal the group"


def tkill():
    call("tkill", AIM["victim"], 9)
    return "killed"


def tgkill():
    call("tgkill", AIM["victim"], AIM["victim"], 9)
    return "killed"


def sigqueue():
    info = ctypes.create_string_buffer(128)
    info[8:12] = (-1).to_bytes(4, "little", signed=True)
    call("rt_sigqueueinfo", AIM["victim"], 9, info)
    return "killed"


def pidfd_signal():
    descriptor = call("pidfd_open", AIM["victim"], 0)
    call("pidfd_send_signal", descriptor, 9, None, 0)
    return "killed"


def signal_by_owner():
    """Whoever owns a descriptor gets its signals."""
    read_end, write_end = os.pipe()
    fcntl.fcntl(read_end, fcntl.F_SETOWN, AIM["victim"])
    fcntl.fcntl(read_end, 10, signal.SIGKILL)
    fcntl.fcntl(read_end, fcntl.F_SETFL, os.O_ASYNC)
    os.write(write_end, b"x")
    return "owner set"


def ptrace():
    call("ptrace", 16, AIM["victim"], 0, 0)
    return "attached"


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def _move_memory(*calls):
    here = ctypes.create_string_buffer(64)
    mine = _Vector(ctypes.addressof(here), 64)
    theirs = _Vector(id(type), 64)  # the worker's memory has the same layout: this process was forked off it
    moved = 0
    for name in calls:
        moved += call(name, os.getppid(), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    return f"moved {moved} bytes"


def read_memory_of_worker():
    return _move_memory("process_vm_readv")


def write_memory_of_worker():
    """With what is there already, so that the worker lives on to answer if this works."""
    return _move_memory("process_vm_readv", "process_vm_writev")


def open_memory_of_worker():
    os.close(os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR))
    return "opened"


def read_environment_of_server():
    return secret(read(f"/proc/{AIM['server']}/environ"))


def read_environment_of_worker():
    return read(f"/proc/{os.getppid()}/environ") or None


def own_environment():
    return secret(str(dict(os.environ)))


def see_other_processes():
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                line = read(f"/proc/{name}/cmdline")
            except OSError:
                continue
            if "victim-of-attacks" in line:
                return line
    return None


def see_command_line_of_victim():
    line = read(f"/proc/{AIM['victim']}/cmdline")
    return line if "victim-of-attacks" in line else None


def limit_victim():
    resource.prlimit(AIM["victim"], resource.RLIMIT_CPU, (1, 1))
    return "limited"


def slow_down_victim():
    os.setpriority(os.PRIO_PROCESS, AIM["victim"], 19)
    return "slowed down"


def pin_victim():
    os.sched_setaffinity(AIM["victim"], {0})
    return "pinned"


def fork():
    pid = os.fork()
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    return f"forked {pid}"


def fork_raw():
    pid = call("clone", signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    return f"cloned {pid}"


def clone3_raw():
    arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD)
    pid = call("clone3", ctypes.byref(arguments), ctypes.sizeof(arguments))
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    return f"cloned {pid}"


def fork_bomb():
    made = 0
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        made += 1
    return f"{made} processes"


def double_fork_and_new_session():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(30)
        os._exit(0)
    return "got away"


def run_program():
    return subprocess.run(["/bin/echo", "ran"], capture_output=True, text=True, check=True).stdout


def become_program():
    os.execv("/bin/sleep", ["sleep", "30"])


def outlive_the_worker():
    ctypes.CDLL(None, use_errno=True)
    call("prctl", 1, 0, 0, 0, 0)
    return "will not be told of the worker's death"
