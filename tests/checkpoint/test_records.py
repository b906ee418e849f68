"""Records: their nodes, their plain form, and the order in which their objects can be built."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from ckpt_lsp.worker.checkpoint.errors import CheckpointError, Malformed
from ckpt_lsp.worker.checkpoint.order import FILL, MAKE, filled_with, made_of, steps
from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.checkpoint.records import (
    Call,
    Cut,
    DictOf,
    ListOf,
    Record,
    Ref,
    Tensor,
    TupleOf,
)

from .hostile import text, zipped
from .objects import ALL, Net
from .rebuilt import describe, rebuild


def record_of(value: Any) -> Record:
    stream = io.BytesIO()
    torch.save(value, stream)
    return read(stream_at_start(stream))


def stream_at_start(stream: io.BytesIO) -> io.BytesIO:
    stream.seek(0)
    return stream


def of_pickle(pickled: bytes) -> Record:
    return read(io.BytesIO(zipped(pickled)))


# -- what the nodes say --------------------------------------------------------------------------------------------


def test_a_state_dict_reads_naturally() -> None:
    record = record_of(Net().state_dict())
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    assert root.kind == "collections.OrderedDict"
    assert root.keys == tuple(Net().state_dict())
    weight = record.node(root.values[root.keys.index("fc.weight")])
    assert isinstance(weight, Tensor)
    assert (weight.dtype, weight.shape, weight.stride) == ("float32", (3, 4), (4, 1))
    assert [name for name, _ in root.attributes] == ["_metadata"]


def test_sharing_is_seen() -> None:
    shared = torch.ones(4)
    record = record_of({"a": shared, "b": shared, "view": shared[2:]})
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    assert root.values[0] == root.values[1] != root.values[2]
    whole, view = record.node(root.values[0]), record.node(root.values[2])
    assert isinstance(whole, Tensor) and isinstance(view, Tensor)
    assert whole.storage == view.storage
    assert view.storage_offset == 2


@pytest.mark.parametrize(("tensor", "expanded"), [(torch.ones(3), False), (torch.ones(1).expand(3), True)])
def test_expanded_is_seen(tensor: torch.Tensor, expanded: bool) -> None:
    ((_, found),) = record_of(tensor).tensors()
    assert found.expanded is expanded


def test_paths_lead_through_containers_and_objects() -> None:
    record = record_of({"model": Net(), "list": [torch.ones(1), {"x": torch.ones(2)}]})
    paths = [path for path, _ in record.tensors()]
    assert ("list", 1, "x") in paths
    assert ("model", "_modules", "fc", "_parameters", "weight") in paths


def test_what_is_long_is_cut() -> None:
    long = "é" * 100_000
    record = record_of({"text": long, "bytes": b"a" * 200_000, "int": 1 << 60_000, "after": 1})
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    cut = root.values[0]
    assert isinstance(cut, Cut)
    assert (cut.kind, cut.length, long.startswith(str(cut.head))) == ("str", 200_000, True)
    assert root.values[2:] == (Cut("int", b"", 7501), 1)
    assert Record.from_plain(json.loads(json.dumps(record.to_plain()))) == record


@pytest.mark.parametrize(
    ("pickled", "keys", "values"),
    [
        (b"\x80\x02}(K\x01K\x05\x88K\x06G?\xf0\0\0\0\0\0\0K\x07u.", (1,), (7,)),
        (b"\x80\x02}(" + text("a") + b"K\x01" + text("b") + b"K\x02" + text("a") + b"K\x03u.", ("a", "b"), (3, 2)),
        (b"\x80\x02}(\x8a\x09\0\0\0\0\0\0\0\0\x01K\x01\x8a\x09\0\0\0\0\0\0\0\0\x01K\x02u.", (1 << 64,), (2,)),
    ],
    ids=["1, True and 1.0", "twice", "large"],
)
def test_equal_keys_are_one_key(pickled: bytes, keys: Any, values: Any) -> None:
    record = of_pickle(pickled)
    assert record.node(record.root) == DictOf(keys, values)


def test_equal_tuples_are_one_key() -> None:
    record = of_pickle(b"\x80\x02}(K\x01K\x02\x86K\x05K\x01K\x02\x86K\x06u.")
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    assert root.values == (6,)
    assert record.node(root.keys[0]) == TupleOf((1, 2))


# -- the plain form ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, -0.0, 5e-324, 2**53 + 1, -(2**70), "\ud800", b"\xff", None, True]
)
def test_scalars_survive(value: Any) -> None:
    record = Record("torch zip", value, ())
    again = Record.from_plain(json.loads(json.dumps(record.to_plain())))
    assert repr(again.root) == repr(value)


def test_nan_survives() -> None:
    again = Record.from_plain(json.loads(json.dumps(Record("torch zip", math.nan, ()).to_plain())))
    assert isinstance(again.root, float) and math.isnan(again.root)


_PLAIN = record_of({"a": torch.ones(1), "b": [1, b"x"]}).to_plain()


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"root": {"ref": 99}},
        {"root": {"ref": -1}},
        {"root": [1]},
        {"nodes": None},
        {"nodes": [{"node": "weapon"}]},
        {"nodes": [{"node": "list"}]},
        {"nodes": [{"node": "list", "items": [{"ref": 5}]}]},
        {"nodes": [{"node": "tensor", "dtype": "float32", "shape": [-1]}]},
        {"nodes": [{"node": "tensor", "dtype": 5, "shape": [1]}]},
        {"nodes": [{"node": "list", "items": [], "more": 1}]},
        {"globals": [1]},
        {"root": {"int": "zz"}},
        {"root": {"bytes": "%"}},
    ],
    ids=str,
)
def test_a_tampered_record_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError):
        Record.from_plain({**_PLAIN, **change})


# -- order ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(ALL))
@pytest.mark.filterwarnings("ignore")
def test_nothing_is_used_before_it_is_made(name: str) -> None:
    record = record_of(ALL[name]())
    made: set[int] = set()
    for action, number in steps(record):
        node = record.nodes[number]
        needed = made_of(node) if action == MAKE else filled_with(node)
        assert {value.number for value in needed if isinstance(value, Ref)} <= made
        if action == MAKE:
            assert number not in made
            made.add(number)
    assert len(made) == len(record.nodes)


def test_a_tuple_may_contain_itself_by_way_of_a_list() -> None:
    loop: list[Any] = []
    value = (loop, "x")
    loop.append(value)
    assert describe(rebuild(record_of(value))) == describe(value)


def test_a_tuple_cannot_contain_itself_directly() -> None:
    with pytest.raises(Malformed):
        list(steps(Record("torch zip", Ref(0), (TupleOf((Ref(0),)),))))


def test_depth_costs_no_stack() -> None:
    depth = 200_000
    record = of_pickle(b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b".")
    plan = list(steps(record))
    assert len(plan) == 2 * depth
    assert plan[-1] == (FILL, 0)
    assert isinstance(record.nodes[-1], ListOf)


def test_arguments_are_filled_before_the_call_that_takes_them() -> None:
    record = of_pickle(b"\x80\x02cmath\nfsum\n](K\x01K\x02e\x85R.")
    plan = list(steps(record))
    call = next(number for number, node in enumerate(record.nodes) if isinstance(node, Call))
    given = next(number for number, node in enumerate(record.nodes) if isinstance(node, ListOf))
    assert plan.index((FILL, given)) < plan.index((MAKE, call))


# -- the house rule ------------------------------------------------------------------------------------------------


def test_the_reader_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; from ckpt_lsp.worker.checkpoint import read; "
        "print([m for m in sys.modules if m.split('.')[0] not in {*sys.stdlib_module_names, 'ckpt_lsp', '__main__'}])"
    )
    checkout = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
