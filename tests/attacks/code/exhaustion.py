"""Using up the machine, and refusing to end."""

import mmap
import os
import signal
import threading
import time


def memory_bomb():
    hoard = []
    while True:
        hoard.append(bytearray(b"x") * (8 << 20))


def shared_memory_bomb():
    hoard = []
    while True:
        block = mmap.mmap(-1, 8 << 20)
        block.write(b"x" * (8 << 20))
        hoard.append(block)


def one_large_file():
    descriptor = os.open(os.environ["TMPDIR"] + "/large", os.O_WRONLY | os.O_CREAT)
    for _ in range(2048):
        os.write(descriptor, b"x" * (1 << 20))
    return "2 GiB"


def many_files():
    for number in range(200):
        descriptor = os.open(os.environ["TMPDIR"] + f"/{number}", os.O_WRONLY | os.O_CREAT)
        for _ in range(16):
            os.write(descriptor, b"x" * (1 << 20))
        os.close(descriptor)
    return "3 GiB"


def descriptors():
    kept = [os.dup(0) for _ in range(1000)]
    return f"{len(kept)} descriptors"


def threads():
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(1)
    return "3000 threads"


def endless_loop():
    while True:
        pass


def endless_loop_in_c():
    sum(iter(int, 1))


def sleep():
    time.sleep(3600)


def ignore_signals():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    while True:
        time.sleep(1)


def ignore_processor_limit():
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass


def stop_itself():
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(3600)


def print_without_end():
    while True:
        os.write(1, b"x" * 65536)
        os.write(2, b"y" * 65536)


def recurse():
    def deeper(n):
        return deeper(n + 1)

    import sys

    sys.setrecursionlimit(1 << 30)
    deeper(0)


def crash():
    import ctypes

    ctypes.string_at(0)


def abort():
    os.abort()


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def exit_at_once():
    os._exit(0)


def raise_system_exit():
    raise SystemExit(3)


def raise_keyboard_interrupt():
    raise KeyboardInterrupt


def close_every_descriptor():
    os.closerange(0, 4096)
    time.sleep(3600)
