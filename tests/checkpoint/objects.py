"""What people save: one object per kind, each made by a function without arguments."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import enum
import functools
import pathlib
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)
        self.register_buffer("mask", torch.ones(3, dtype=torch.bool))
        self.register_buffer("scratch", torch.ones(2), persistent=False)
        self.notes = {"by": "hand"}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.fc(x)) * self.mask


class ExtraState(nn.Module):
    def __init__(self, state: Any) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self._state = state

    def get_extra_state(self) -> Any:
        return self._state


class Labelled(torch.Tensor):
    """A subclass without state of its own."""


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Options:
    width: int
    names: list[str]


class Point(NamedTuple):
    x: int
    y: int


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self) -> None:
        self.a, self.b = 1, [2]


class Own(dict):  # type: ignore[type-arg]
    """A dict subclass with attributes."""


def _tied() -> Any:
    shared = torch.ones(4, 4)
    return {"a": shared, "b": shared, "view": shared[1:3], "column": shared[:, 0], "transposed": shared.t()}


def _same_dict_twice() -> Any:
    inner = {"w": torch.ones(1)}
    return [inner, inner, {"again": inner}]


def _with_metadata() -> Any:
    state = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 2)).state_dict()
    return {"state_dict": state, "epoch": 3}


def _self_containing() -> Any:
    found: dict[str, Any] = {"w": torch.ones(1)}
    found["self"] = found
    loop: list[Any] = []
    loop.append((loop, found))
    found["loop"] = loop
    return found


def _dag() -> Any:
    level: Any = torch.ones(1)
    for _ in range(30):
        level = [level, level]
    return level


def _parameter_with_state() -> Any:
    made = nn.Parameter(torch.ones(3))
    made.tag = "mine"  # type: ignore[attr-defined]
    return {"p": made}


def _tensor_with_attribute() -> Any:
    made = torch.ones(3)
    made.tag = {"a": 1}  # type: ignore[attr-defined]
    return [made]


def _optimizer() -> Any:
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict()}


def _lightning() -> Any:
    return {
        "epoch": 1,
        "global_step": 10,
        "pytorch-lightning_version": "2.2.0",
        "state_dict": collections.OrderedDict(("net." + k, v) for k, v in Net().state_dict().items()),
        "loops": {"fit_loop": {"state_dict": {}}},
        "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(1.0)}},
        "optimizer_states": [],
        "hparams_name": "kwargs",
        "hyper_parameters": {"lr": 0.1, "options": Options(3, ["a"]), "colour": Colour.RED},
    }


def _quantized() -> Any:
    channels = torch.quantize_per_channel(torch.ones(2, 3), torch.ones(2), torch.zeros(2), 0, torch.qint8)
    return {"t": torch.quantize_per_tensor(torch.ones(3), 0.5, 1, torch.quint8), "c": channels}


def _uninitialized() -> Any:
    return nn.LazyLinear(3).state_dict()


def _named() -> Any:
    return torch.max(torch.ones(2, 2), dim=0)


def _ordered_with_attribute() -> Any:
    made = collections.OrderedDict(a=torch.ones(1))
    made.note = [1]  # type: ignore[attr-defined]
    return made


def _own_dict() -> Any:
    made = Own(a=1)
    made.extra = 2  # type: ignore[attr-defined]
    return made


SAFE: dict[str, Callable[[], Any]] = {
    "plain state dict": lambda: Net().state_dict(),
    "nested": lambda: {"model": {"net": Net().state_dict()}, "epoch": 1, "loss": 0.25, "best": None, "ok": True},
    "metadata": _with_metadata,
    "tensor alone": lambda: torch.ones(2, 3),
    "list of tensors": lambda: [torch.ones(1), torch.zeros(2)],
    "tied and views": _tied,
    "same dict twice": _same_dict_twice,
    "self-containing": _self_containing,
    "shared dag": _dag,
    "parameter": lambda: {"p": nn.Parameter(torch.ones(2)), "frozen": nn.Parameter(torch.ones(2), False)},
    "parameter with state": _parameter_with_state,
    "tensor with attribute": _tensor_with_attribute,
    "module's parameters": lambda: dict(Net().named_parameters()),
    "optimizer": _optimizer,
    "requires grad": lambda: torch.ones(2, requires_grad=True),
    "expanded": lambda: {"e": torch.ones(1, 3).expand(4, 3)},
    "channels last": lambda: torch.ones(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    "offset": lambda: torch.arange(10)[3:7],
    "scalar tensor": lambda: torch.tensor(3.5),
    "empty tensor": lambda: {"e": torch.empty(0, 3), "n": torch.empty(0)},
    "conjugate": lambda: torch.ones(2, dtype=torch.complex64).conj(),
    "negative bit": lambda: torch.ones(2, dtype=torch.complex64).conj().imag,
    "sparse coo": lambda: torch.eye(3).to_sparse(),
    "sparse csr": lambda: torch.eye(3).to_sparse_csr(),
    "sparse bsr": lambda: torch.eye(4).to_sparse_bsr((2, 2)),
    "quantized": _quantized,
    "meta": lambda: {"m": torch.ones(3, 4, device="meta")},
    "all dtypes": lambda: {
        str(dtype): torch.zeros(2, dtype=dtype)
        for dtype in [
            *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16),
            *(torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128),
        ]
    },
    "new dtypes": lambda: {
        str(dtype): torch.empty(2, dtype=dtype)
        for dtype in [
            *(torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2, torch.complex32),
            *(torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu),
        ]
    },
    "dtype, size, device": lambda: {"d": torch.float16, "s": torch.Size([1, 2]), "v": torch.device("cpu")},
    "layout": lambda: torch.strided,
    "extra state tensor": lambda: ExtraState(torch.ones(2)).state_dict(),
    "extra state dict": lambda: ExtraState({"a": [1, (2, 3)]}).state_dict(),
    "scalars": lambda: [0, 1, -1, 255, 256, 65536, -(2**31), 2**31, 2**63, -(2**200), 0.0, -0.0, 1e300, True, None],
    "infinities": lambda: [float("inf"), float("-inf")],
    "strings": lambda: ["", "é", "雪", "\u202e", "\x1b[31m", "a\nb", "x" * 300],
    "bytes": lambda: [b"\x00\xff", b"a" * 300],
    "bytearray": lambda: bytearray(b"abc"),
    "odd keys": lambda: {1: torch.ones(1), None: 2, ("a", 1): 3, 2.5: 4, True and "b": 5, b"c": 6, (): 7, -1: 8},
    "set": lambda: {"s": {1, 2}, "t": {"a"}},
    "complex": lambda: 1 + 2j,
    "counter": lambda: collections.Counter("abca"),
    "ordered dict with attribute": _ordered_with_attribute,
    "tuples": lambda: ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((1,), (1,))),
    "storage": lambda: torch.ones(3).untyped_storage(),
    "spectral norm": lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2)).state_dict(),
    "weight norm": lambda: nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)).state_dict(),
    "old weight norm": lambda: nn.utils.weight_norm(nn.Linear(2, 2)).state_dict(),
    "lstm": lambda: nn.LSTM(2, 3, num_layers=2).state_dict(),
    "transformer": lambda: nn.TransformerEncoderLayer(8, 2).state_dict(),
    "many keys": lambda: {f"k{n}": n for n in range(3000)},
    "nested tensor": lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
}

REJECTED: dict[str, Callable[[], Any]] = {
    "empty bytes": lambda: [b""],
    "whole module": Net,
    "module in a dict": lambda: {"model": nn.Sequential(nn.Linear(2, 2), nn.ReLU()), "epoch": 3},
    "namespace": lambda: {"args": argparse.Namespace(lr=0.1, names=["a"]), "model": Net().state_dict()},
    "numpy scalar": lambda: {"acc": np.float64(0.5), "n": np.int32(3)},
    "numpy array": lambda: {"mean": np.arange(6, dtype=np.float32).reshape(2, 3)},
    "numpy generator state": lambda: {"numpy": np.random.RandomState(0).get_state(), "py": random.Random(0).getstate()},
    "dataclass": lambda: Options(3, ["x"]),
    "enum": lambda: {"colour": Colour.RED},
    "named tuple": lambda: Point(1, 2),
    "slots": Slotted,
    "own dict": _own_dict,
    "default dict": lambda: collections.defaultdict(list, {"a": [1]}),
    "deque": lambda: collections.deque([1, 2], maxlen=5),
    "frozen set": lambda: frozenset([1, 2]),
    "slice": lambda: slice(1, None, 2),
    "range": lambda: range(3),
    "datetime": lambda: datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc),
    "path": lambda: pathlib.PurePosixPath("/a/b"),
    "partial": lambda: functools.partial(int, base=2),
    "torch function": lambda: {"act": torch.tanh, "f": nn.functional.relu},
    "class": lambda: {"cls": Net},
    "return type": _named,
    "tensor subclass": lambda: torch.ones(3).as_subclass(Labelled),
    "subclass parameter": lambda: nn.Parameter(torch.ones(3).as_subclass(Labelled)),
    "extra state object": lambda: ExtraState(Options(1, [])).state_dict(),
    "uninitialized": _uninitialized,
    "lightning": _lightning,
    "data parallel": lambda: nn.DataParallel(nn.Linear(2, 2)),
    "optimizer object": lambda: torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.1),
}

ALL = {**SAFE, **REJECTED}
