"""Checkpoints whose content attacks: the dry run reads them as the program does, and calls nothing in them."""

import os
import pickle
import zipfile
from pathlib import Path

import torch

RAN = os.environ["TMPDIR"] + "/ran"


class _Calls:
    """Pickles as a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def _text(text):
    return b"X" + len(text).to_bytes(4, "little") + text.encode()


def _load(content, **options):
    path = os.environ["TMPDIR"] + "/evil.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("evil/data.pkl", content)
        archive.writestr("evil/version", "3\n")
    return torch.load(path, **options)


def _whether_it_ran(content):
    """Must leave a file behind to be found out."""
    try:
        _load(content, weights_only=False)
    finally:
        ran = Path(RAN).exists()
    return "the content of the checkpoint was called" if ran else None


def runs_eval():
    return _whether_it_ran(pickle.dumps(_Calls(eval, f"__import__('os').mkdir({RAN!r})"), 2))


def runs_exec_in_state():
    return _whether_it_ran(pickle.dumps({"model": {"fc.weight": _Calls(exec, f"import os\nos.mkdir({RAN!r})")}}, 2))


def runs_function_of_os():
    return _whether_it_ran(b"\x80\x02cposix\nmkdir\n(" + _text(RAN) + b"tR.")


def runs_by_getattr():
    """A harmless name that leads to a harmful one."""
    reached = b"c__builtin__\ngetattr\n(ctorch.serialization\nos\n" + _text("mkdir") + b"tR"
    return _whether_it_ran(b"\x80\x02" + reached + b"(" + _text(RAN) + b"tR.")


def slow_hash():
    """A key whose hash takes two to the sixtieth steps."""
    key = ()
    for _ in range(60):
        key = (key, key)
    _load(b"\x80\x02}" + pickle.dumps(key, 2)[2:-1] + b"K\x01s.", weights_only=False)


def claims_a_huge_memo():
    _load(b"\x80\x02]r" + (0xFFFFFFF0).to_bytes(4, "little") + b".", weights_only=False)


def inflates():
    """Two GiB of text from two MB."""
    path = os.environ["TMPDIR"] + "/bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("evil/data.pkl", "w") as inner:
        inner.write(b"\x80\x04\x8d" + (2 << 30).to_bytes(8, "little"))
        for _ in range(128):
            inner.write(b"x" * (1 << 24))
        inner.write(b".")
    torch.load(path, weights_only=False)
