"""What the attacks aim at, as the driver set it up, and a way to make raw system calls."""

import ctypes
import json
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
AIM = json.loads((HERE / "aim.json").read_text())
SECRET = "TOPSECRET"

_libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    """A system call by name, past every wrapper of libc.  Raises OSError."""
    number = AIM["numbers"][name]
    if number is None:
        raise OSError("no such call on this machine")
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return libc("syscall", ctypes.c_long(number), *words)


def libc(function, *arguments):
    """Past every stand-in for a function of `os`.  Raises OSError."""
    result = getattr(_libc, function)(*arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def read(path):
    """Past every stand-in for open()."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096).decode(errors="replace")
    finally:
        os.close(descriptor)


def write(path, flags=os.O_WRONLY | os.O_CREAT):
    descriptor = os.open(path, flags, 0o600)
    try:
        return f"wrote {os.write(descriptor, b'owned')} bytes to {path}"
    finally:
        os.close(descriptor)


def secret(text):
    """The text, if it holds the secret: then the attack has got it."""
    return text if SECRET in text else None
