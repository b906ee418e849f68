"""The kernel's rarer doors."""

import ctypes
import fcntl
import os
import socket
import time

from target import call


def mount():
    call("mount", b"none", os.environ["TMPDIR"].encode(), b"tmpfs", 0, None)
    call("umount2", os.environ["TMPDIR"].encode(), 2)
    return "mounted"


def unshare_user():
    call("unshare", 0x10000000)
    return "new user namespace"


def clone_user_namespace():
    pid = call("clone", 0x10000000 | 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "new user namespace"


def setns():
    call("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0)
    return "joined"


def chroot():
    os.chroot(os.environ["TMPDIR"])
    return "chrooted"


def setuid():
    call("setuid", os.getuid())
    return "may call setuid"


def setgroups():
    call("setgroups", 0, None)
    return "dropped groups"


def keyctl():
    call("keyctl", 0, -3, 1)
    return "session keyring"


def add_key():
    call("add_key", b"user", b"ckpt-lsp-attack", b"x", 1, -1)
    return "added"


def bpf():
    attributes = ctypes.create_string_buffer(128)
    attributes[0:16] = b"".join(word.to_bytes(4, "little") for word in (2, 4, 8, 1))
    return f"map {call('bpf', 0, attributes, 128)}"


def userfaultfd():
    return f"descriptor {call('userfaultfd', 1)}"


def io_uring():
    return f"ring {call('io_uring_setup', 1, ctypes.create_string_buffer(256))}"


def perf_event():
    attributes = ctypes.create_string_buffer(128)
    attributes[0:8] = (1).to_bytes(4, "little") + (128).to_bytes(4, "little")
    attributes[40:48] = (0x61).to_bytes(8, "little")
    return f"event {call('perf_event_open', attributes, 0, -1, -1, 0)}"


def push_terminal_input():
    terminal, _ = os.openpty()
    fcntl.ioctl(terminal, 0x5412, b"x")
    return "pushed"


def push_terminal_input_raw():
    """On whatever is at hand: the call itself must be refused, not the descriptor."""
    try:
        fcntl.ioctl(0, 0x5412, b"x")
    except OSError as error:
        return None if error.errno == 1 else f"the kernel looked at it: {error}"
    return "pushed"


def system_v_memory():
    key = call("shmget", 0, 4096, 0o1600)
    call("shmctl", key, 0, None)
    return f"segment {key}"


def message_queue():
    call("mq_open", b"ckpt-lsp-attack", os.O_RDWR | os.O_CREAT, 0o600, None)
    call("mq_unlink", b"ckpt-lsp-attack")
    return "queue"


def anonymous_file():
    """Its memory belongs to nobody who could be watched."""
    return f"descriptor {call('memfd_create', b'x', 0)}"


def set_clock():
    now = time.clock_gettime(time.CLOCK_REALTIME)
    moment = (ctypes.c_int64 * 2)(int(now), int(now % 1 * 1e9))
    call("clock_settime", 0, ctypes.byref(moment))
    return "set"


def set_host_name():
    name = socket.gethostname().encode()
    call("sethostname", name, len(name))
    return "set"


def change_personality():
    return f"was {call('personality', 0xFFFFFFFF)}"


def watch_file_system():
    return f"descriptor {call('fanotify_init', 0x200, 0)}"


def new_mount_interface():
    return f"descriptor {call('fsopen', b'tmpfs', 0)}"


def unknown_call():
    """A number that no table knows may be a door that nobody has looked at."""
    try:
        ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(470), 0, 0, 0, 0)
    finally:
        code = ctypes.get_errno()
    return None if code == 38 else f"the kernel looked at it: {os.strerror(code)}"
