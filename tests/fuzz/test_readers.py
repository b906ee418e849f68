"""Mutated checkpoints and random pickles: the readers list them or raise their own error, soon, and nothing else.

CKPT_LSP_FUZZ sets the number of examples of each test; the default is what CI can afford.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import struct
import time
import warnings
import zipfile
from typing import Any

import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckpt_lsp.worker.checkpoint.order import steps
from ckpt_lsp.worker.checkpoint.read import CheckpointError, read
from ckpt_lsp.worker.checkpoint.records import Record

EXAMPLES = int(os.environ.get("CKPT_LSP_FUZZ", "1500"))
SECONDS = 2.5
fuzzing = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def _saved(value: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream, **options)
    return stream.getvalue()


def _scripted() -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), stream)
    return stream.getvalue()


_VALUE = {
    "state": torch.nn.BatchNorm1d(2).state_dict(),
    "p": torch.nn.Parameter(torch.ones(2)),
    "sparse": torch.eye(2).to_sparse(),
    "plain": [1, 2.5, "text", b"bytes", None, (1, 2), {1, 2}, 2**70],
}
SEEDS = [
    _saved(_VALUE),
    _saved(_VALUE, _use_new_zipfile_serialization=False),
    _saved(torch.nn.Linear(2, 2)),
    _scripted(),
    safetensors.torch.save({"a": torch.ones(2), "b": torch.ones(2, 2)}),
    b'{"metadata": {}, "weight_map": {"a": "nowhere.bin"}}',
]


def judge(data: bytes) -> None:
    """Reads, serialises and plans; fails on any error but the readers' own, and on slowness."""
    started = time.thread_time()
    try:
        record = read(io.BytesIO(data))
        plain = json.dumps(record.to_plain())
        assert json.dumps(Record.from_plain(json.loads(plain)).to_plain()) == plain
        list(steps(record))
    except CheckpointError:
        pass
    assert time.thread_time() - started < SECONDS


edits = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "insert", "copy", "number"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 255),
        st.integers(0, 64),
    ),
    min_size=1,
    max_size=8,
)
_NUMBERS = [0, 1, 0x7F, 0xFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0xFFFFFFFE]


def mutate(data: bytes, changes: list[tuple[str, float, int, int]]) -> bytes:
    made = bytearray(data)
    for kind, where, byte, length in changes:
        place = int(where * len(made))
        if kind == "set":
            made[place : place + 1] = bytes([byte])
        elif kind == "cut":
            del made[place : place + length]
        elif kind == "insert":
            made[place:place] = bytes([byte]) * length
        elif kind == "copy":
            made[place:place] = made[place // 2 : place // 2 + length]
        else:
            made[place : place + 4] = struct.pack("<I", _NUMBERS[byte % len(_NUMBERS)])
    return bytes(made)


@fuzzing
@given(st.sampled_from(SEEDS), edits)
def test_mutated_files(seed: bytes, changes: list[tuple[str, float, int, int]]) -> None:
    judge(mutate(seed, changes))


def _pickle_of(seed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("/data.pkl")))


PICKLES = [_pickle_of(SEEDS[0]), _pickle_of(SEEDS[2]), *(pickle.dumps(_VALUE["plain"], n) for n in range(6))]


def in_zip(pickled: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a/data.pkl", pickled)
        archive.writestr("a/version", b"3")
        for number in range(10):
            archive.writestr(f"a/data/{number}", bytes(8))
    return stream.getvalue()


@fuzzing
@given(st.sampled_from(PICKLES), edits)
def test_mutated_pickles(seed: bytes, changes: list[tuple[str, float, int, int]]) -> None:
    judge(in_zip(mutate(seed, changes)))


_TEXTS = [b"torch", b"FloatStorage", b"storage", b"0", b"cpu", b"_metadata", b"collections", b"OrderedDict", b"x"]
_GLOBALS = [
    *(b"collections\nOrderedDict", b"torch._utils\n_rebuild_tensor_v2", b"torch._utils\n_rebuild_parameter"),
    *(b"torch\nFloatStorage", b"torch.storage\nUntypedStorage", b"torch\nfloat32", b"torch\nSize", b"builtins\nset"),
    *(b"torch._tensor\n_rebuild_from_type_v2", b"torch._utils\n_rebuild_sparse_tensor", b"os\nsystem"),
    *(b"torch._utils\n_rebuild_tensor_v3", b"collections\ndefaultdict", b"collections\nCounter", b"_codecs\nencode"),
    *(b"torch._utils\n_rebuild_qtensor", b"torch._utils\n_rebuild_wrapper_subclass", b"builtins\nfrozenset"),
]
_OPCODES = [bytes([n]) for n in b"()]}0125abdelorstuNQR.\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94"]
_pieces = st.one_of(
    st.sampled_from(_OPCODES),
    st.sampled_from([b"c" + name + b"\n" for name in _GLOBALS]),
    st.sampled_from([b"X" + struct.pack("<I", len(text)) + text for text in _TEXTS]),
    st.integers(0, 5).map(lambda n: b"K" + bytes([n])),
    st.integers(0, 9).map(lambda n: b"h" + bytes([n])),
    st.integers(0, 9).map(lambda n: b"q" + bytes([n])),
    st.sampled_from([b"J\xff\xff\xff\xff", b"\x8a\x08" + b"\x7f" * 8, b"G\x7f\xf8" + bytes(6), b"I1\n", b"L5L\n"]),
    st.sampled_from([
        b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x02tQ",
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x02t"
        b"QK\x00K\x02\x85K\x01\x85\x89}tR",
    ]),
)  # fmt: skip


@fuzzing
@given(st.lists(_pieces, max_size=40))
def test_random_pickles(pieces: list[bytes]) -> None:
    judge(in_zip(b"\x80\x02" + b"".join(pieces) + b"."))


@fuzzing
@given(edits)
def test_mutated_records(changes: list[tuple[str, float, int, int]]) -> None:
    """What comes from a cache or a lock is trusted no more than a checkpoint."""
    plain = json.dumps(_RECORD).encode()
    try:
        changed = json.loads(mutate(plain, changes))
    except (ValueError, RecursionError):
        return
    with contextlib.suppress(CheckpointError):
        list(steps(Record.from_plain(changed)))


_RECORD = read(io.BytesIO(SEEDS[0])).to_plain()
