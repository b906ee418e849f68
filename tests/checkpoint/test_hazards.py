"""Which globals count as running code: all of the payloads, and nothing of what real programs save."""

from __future__ import annotations

import argparse
import builtins
import collections
import datetime
import decimal
import enum
import fractions
import functools
import importlib
import io
import logging
import operator
import os
import pathlib
import pickle
import random
import re
import runpy
import shutil
import subprocess
import tempfile
import threading
import time
import timeit
import types
import urllib.request
import uuid
import webbrowser
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from torch import nn

from ckpt_lsp.worker.checkpoint.hazards import hazards
from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.checkpoint.records import Record
from ckpt_lsp.worker.materialise import RunsCode, materialise


class Calls:
    """Is a call once it is unpickled."""

    def __init__(self, function: Any, *args: Any) -> None:
        self._call = (function, args)

    def __reduce__(self) -> Any:
        return self._call


class Color(enum.Enum):
    RED = 1


class Flag(enum.Flag):
    A = 1
    B = 2


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.LazyLinear(2)

    @classmethod
    def build(cls) -> Net:
        return cls()


def record(value: Any) -> Record:
    file = io.BytesIO()
    torch.save({"model": nn.Linear(1, 1).state_dict(), "more": value}, file)
    file.seek(0)
    return read(file)


HARMLESS: list[Any] = [
    nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.BatchNorm1d(2), nn.GRU(2, 2)),
    Net(),
    Net().forward,
    Net.build,
    torch.optim.Adam(nn.Linear(2, 2).parameters()),
    torch.optim.lr_scheduler.LambdaLR(torch.optim.SGD([torch.zeros(1)], 0.1), operator.neg),
    torch.nn.functional.relu,
    torch.relu,
    torch.float16,
    torch.device("cpu"),
    torch.Size([1]),
    torch.zeros(2).to_sparse(),
    torch.Generator().get_state(),
    torch.return_types.max((torch.ones(1), torch.ones(1))),  # type: ignore[attr-defined]
    argparse.Namespace(a=1),
    collections.deque([1]),
    collections.Counter("a"),
    collections.defaultdict(list),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
    datetime.timedelta(1),
    decimal.Decimal(1),
    fractions.Fraction(1, 2),
    uuid.UUID(int=1),
    types.SimpleNamespace(a=1),
    pathlib.PurePosixPath("a"),
    re.compile("a"),
    logging.getLogger("a"),
    random.Random(1),
    random.getstate(),
    functools.partial(torch.relu, inplace=True),
    operator.itemgetter(1),
    Color.RED,
    Flag.A | Flag.B,
    range(3),
    slice(1),
    1j,
    frozenset([1]),
    ValueError("a"),
    len,
    print,
    numpy.float64(1),
    numpy.zeros(3),
    numpy.array(["a", None], dtype=object),
    numpy.random.default_rng(1),
    numpy.random.RandomState(1),
]


@pytest.mark.parametrize("value", HARMLESS, ids=lambda value: type(value).__name__)
def test_no_alarm(value: Any) -> None:
    assert hazards(record(value)) == ()


PAYLOADS: list[Any] = [
    Calls(os.system, "true"),
    Calls(os.getcwd),
    Calls(eval, "1"),
    Calls(exec, "1"),
    Calls(compile, "1", "", "eval"),
    Calls(__import__, "os"),
    Calls(open, "a"),
    Calls(builtins.getattr, Net, "__subclasses__"),
    Calls(builtins.setattr, Net, "a", 1),
    Calls(subprocess.Popen, ["true"]),
    Calls(webbrowser.open, "a"),
    Calls(runpy.run_path, "a"),
    Calls(shutil.rmtree, "a"),
    Calls(importlib.import_module, "a"),
    Calls(timeit.timeit, "1"),
    Calls(pickle.loads, b"a"),
    Calls(tempfile.mkdtemp),
    Calls(threading.Thread),
    Calls(urllib.request.urlopen, "a"),
    Calls(functools.reduce, os.system, ["true"]),
    functools.partial(os.system, "true"),
    os.system,
    Calls(torch.hub.load, "a", "b"),
    Calls(torch.load, "a"),
    Calls(numpy.load, "a"),
]


def _called(payload: Any) -> str:
    function = getattr(payload, "_call", (payload,))[0]
    return str(getattr(function, "__qualname__", type(function).__name__))


@pytest.mark.parametrize("value", PAYLOADS, ids=_called)
def test_alarm(value: Any) -> None:
    assert len(hazards(record(value))) == 1
    with pytest.raises(RunsCode):
        materialise(record(value))


def pickled(*lines: bytes) -> Record:
    """As torch reads a file that is no zip."""
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    system = pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2)
    return read(io.BytesIO(magic + system + b"\x80\x02" + b"".join(lines) + b"." + pickle.dumps([], 2)))


@pytest.mark.parametrize(
    "lines",
    [
        [b"ctorch.serialization\nos.system\n", b"X\x04\x00\x00\x00true\x85R"],
        [b"cnumpy\n__builtins__\n"],
        [b"(X\x04\x00\x00\x00trueios\nsystem\n"],
        [b"cos\nsystem\nX\x04\x00\x00\x00true\x85R0N"],
        [b"c__builtin__\ngetattr\nccollections\nabc\nX\x03\x00\x00\x00sys\x86R0N"],
        [b"cnt\nsystem\n"],
        [b"csys\nmodules\n"],
    ],
    ids=["through torch", "builtins of numpy", "INST", "thrown away", "getattr thrown away", "windows", "modules"],
)
def test_alarm_written_by_hand(lines: list[bytes]) -> None:
    assert len(hazards(pickled(*lines))) == 1


def test_a_package_of_the_workspace_may_be_called_as_one_of_the_standard_library() -> None:
    made = pickled(b"ccode\ninteract\n)R")
    assert hazards(made) == ("code.interact",)
    assert hazards(made, own=lambda package: package == "code") == ()
    assert hazards(pickled(b"csys\nexit\n)R"), own=lambda package: True) == ("sys.exit",)


@pytest.mark.parametrize(
    "name", [b"test\nNet", b"code.nets\nNet", b"test.nets\nNet", b"profile\nNet", b"sched\nCosine", b"trace\nNet"]
)
def test_a_foreign_package_may_be_called_so_too(name: bytes) -> None:
    """The standard library has nothing of that name, so loading the file runs nothing of it."""
    assert hazards(pickled(b"c" + name + b"\n)R")) == ()


@pytest.mark.parametrize(
    "name",
    [
        b"code\ninteract",
        b"ctypes.util\nfind_library",
        b"importlib\nimport_module",
        b"multiprocessing\nProcess",
        b"pip\nmain",
        b"profile\nrun",
        b"sched\nscheduler",
        b"socket\nsocket",
        b"test.support.script_helper\nrun_python_until_end",
    ],
)
def test_what_is_really_there(name: bytes) -> None:
    assert len(hazards(pickled(b"c" + name + b"\n)R"))) == 1


def test_many_names_cost_little() -> None:
    names = b"".join(b"cos\nn%d\n0ccode\nm%d\n0" % (n, n) for n in range(20_000))
    made, before = pickled(names + b"N"), time.process_time()
    assert len(hazards(made)) == 20_000
    assert time.process_time() - before < 2


def test_nothing_is_called(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    for value in (
        Calls(os.mkdir, str(canary)),
        Calls(open, str(canary), "w"),
        Calls(exec, f"open({str(canary)!r}, 'w')"),
    ):
        with pytest.raises(RunsCode):
            materialise(record(value))
    assert not canary.exists()
