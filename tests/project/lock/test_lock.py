"""The lock's text: nothing lost that a verdict depends on, nothing kept that is nobody's business, small diffs."""

from __future__ import annotations

import difflib
import io
from collections.abc import Callable

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from ckpt_lsp.project.lock import UNRECORDED, Entry, Lock, LockError, entry, folder, parse, recorded, reduced, write
from ckpt_lsp.project.lock.write import HEAD
from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.checkpoint.records import DictOf, Record, Ref
from ckpt_lsp.worker.materialise import materialise

from .records import records, state_dicts


def saved(value: object) -> Record:
    stream = io.BytesIO()
    torch.save(value, stream)
    stream.seek(0)
    return read(stream)


def written(record: Record, read_values: tuple[tuple[object, ...], ...] = ()) -> str:
    return write(Lock((entry("x.pth", record, read_values),)))  # type: ignore[arg-type]


class Block(nn.Module):
    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = nn.Conv2d(out, out, 3, bias=False), nn.BatchNorm2d(out)
        self.conv3, self.bn3 = nn.Conv2d(out, 4 * out, 1, bias=False), nn.BatchNorm2d(4 * out)
        if width != 4 * out:
            self.downsample = nn.Sequential(nn.Conv2d(width, 4 * out, 1, bias=False), nn.BatchNorm2d(4 * out))


class Net(nn.Module):
    """As deep and as long as a ResNet-50."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, bias=False), nn.BatchNorm2d(64)
        width = 64
        for number, (blocks, out) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
            widths = [width, *[4 * out] * (blocks - 1)]
            setattr(self, f"layer{number}", nn.Sequential(*(Block(each, out) for each in widths)))
            width = 4 * out
        self.fc = nn.Linear(width, classes)


@pytest.fixture(scope="module")
def net() -> nn.Module:
    with torch.device("meta"):
        model = Net()
    return model.to_empty(device="cpu")


# -- nothing is lost ------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(st.one_of(records(), state_dicts()), st.booleans())
def test_what_is_written_is_read(record: Record, everything: bool) -> None:
    """Key order, `_metadata`, sharing and all; what is reduced once is reduced for good; and it says what was read."""
    one = entry("models/x.pth", record, [()] if everything else [])
    lock = Lock((one,))
    assert parse(write(lock)) == lock
    assert reduced(one.record, [()]) == one.record
    assert reduced(record, recorded(one.record)) == one.record


@given(st.dictionaries(st.text(max_size=6), st.lists(st.text(max_size=6), max_size=4), max_size=4))
def test_folders_are_read_as_they_are_written(folders: dict[str, list[str]]) -> None:
    made = [folder(path, names) for path, names in folders.items() if _holds(path, names)]
    lock = Lock().with_entries([], made)
    assert parse(write(lock)) == lock


def _holds(path: str, names: list[str]) -> bool:
    try:
        folder(path, names)
    except ValueError:
        return False
    return True


@settings(max_examples=200, deadline=None)
@given(state_dicts())
def test_a_state_dict_keeps_its_keys(record: Record) -> None:
    """In their order, whatever is in their names; of one with half a character nothing is claimed."""
    (back,) = parse(written(record)).entries
    root = record.nodes[0]
    assert isinstance(root, DictOf)
    if any("\ud800" <= character <= "\udfff" for key in root.keys for character in str(key)):
        return
    kept = back.record.node(back.record.root)
    if kept is None:  # `_metadata` with a name that has half a character
        assert back.record.root == UNRECORDED
        return
    assert isinstance(kept, DictOf)
    assert kept.keys == root.keys
    for mine, theirs in zip(kept.values, root.values, strict=True):
        assert back.record.node(mine).shape == record.node(theirs).shape  # type: ignore[union-attr]


def test_torch_says_the_same_of_lock_and_file(net: nn.Module) -> None:
    """Texts and all; a BatchNorm shows whether the versions in `_metadata` are there."""
    broken = {f"module.{key}": value for key, value in net.state_dict().items() if "bn2" not in key}
    versioned = nn.BatchNorm1d(3).state_dict()
    del versioned["num_batches_tracked"]
    with torch.device("meta"):
        same, smaller, norm = Net(), Net(10), nn.BatchNorm1d(3)
    said = [
        _said_of_both(model, state_dict)
        for model, state_dict in (
            (same, broken),
            (smaller, net.state_dict()),
            (norm, versioned),
            (norm, dict(versioned)),
        )
    ]
    assert all(of_file == of_lock for of_file, of_lock in said)
    assert [bool(of_file) for of_file, _ in said] == [True, True, True, False]


def _said_of_both(model: nn.Module, state_dict: dict[str, torch.Tensor]) -> tuple[str, str]:
    record = saved({"model": state_dict, "epoch": 3})
    (back,) = parse(written(record)).entries
    return _message(model, record), _message(model, back.record)


def _message(model: nn.Module, record: Record) -> str:
    try:
        model.load_state_dict(materialise(record)[0]["model"])
    except RuntimeError as error:
        return str(error)
    return ""


def test_two_names_of_one_dict_stay_one(net: nn.Module) -> None:
    inner = {"w": torch.ones(1)}
    (back,) = parse(written(saved({"a": inner, "b": inner, "c": dict(inner)}))).entries
    root = materialise(back.record)[0]
    assert root["a"] is root["b"] is not root["c"]


# -- nothing is kept beyond it --------------------------------------------------------------------------------


def test_values_are_kept_only_where_they_were_read() -> None:
    value = {"epoch": 3, "args": {"lr": 0.5, "seed": 7}, "w": torch.ones(1), "by": "/home/someone/x", "who": "someone"}
    text = written(saved(value), (("epoch",), ("args", "lr"), ("by",)))
    assert "epoch: = 3" in text
    assert "lr: = 0.5" in text
    for secret in ("7", "someone", "/home"):
        assert secret not in text.partition("[x.pth]")[2]


def test_storages_devices_and_objects_leave_no_trace(net: nn.Module) -> None:
    """A checkpoint saved from another device, or with its tensors in another file order, has the same entry."""
    big = torch.ones(10, 10)
    views = saved({"a": big[:2], "b": big[5:7]})
    owned = saved({"a": torch.ones(2, 10), "b": torch.ones(2, 10)})
    assert written(views) == written(owned)
    assert "weight" not in written(saved({"net": nn.Linear(1, 1), "w": torch.ones(1)}))


@pytest.mark.parametrize("path", ["/data/x.pth", "C:/x.pth", "C:\\x.pth", "", "a\nb"])
def test_an_absolute_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="relative"):
        entry(path, saved({}))


# -- small, and so are its changes ----------------------------------------------------------------------------


def test_a_large_model_is_a_few_kilobytes(net: nn.Module) -> None:
    record = saved(net.state_dict())
    assert len(net.state_dict()) > 300
    assert len(written(record)) < 10_000


def test_a_change_is_a_small_diff(net: nn.Module) -> None:
    head = net.state_dict()
    head["fc.weight"] = torch.ones(10, 2048)
    before, after = (written(saved(one)).splitlines() for one in (net.state_dict(), head))
    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert [line.split(maxsplit=1)[0] for line in changed] == ["-", "+"]


def test_entries_are_sorted_and_replaced() -> None:
    one, other = entry("b.pth", saved({"w": torch.ones(1)})), entry("a.pth", saved({"v": torch.ones(2)}))
    lock = Lock().with_entries([one, other])
    assert [each.path for each in lock.entries] == ["a.pth", "b.pth"]
    changed = Entry("b.pth", other.record)
    assert lock.with_entries([changed]).get("b.pth") == changed
    assert write(lock) == write(Lock((one, other)))


# -- nothing is believed --------------------------------------------------------------------------------------


CONFLICT = HEAD + "\n<<<<<<< HEAD\n[a.pth]\n=======\n[b.pth]\n>>>>>>> other\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (CONFLICT, 4, "merge conflict"),
        ("", 1, "version 1"),
        ("version: 2\n", 1, "update ckpt-lsp"),
        (HEAD + "[a]\nformat: x\nroot: dict\n[a]\nformat: x\nroot: dict\n", 6, "second time"),
        (HEAD + "[/etc/a]\nformat: x\nroot: dict\n", 3, "relative"),
        (HEAD + "[a]\nformat: x\nroot: dict\n  w: float32 [1\n", 6, "no tensor"),
        (HEAD + "[a]\nformat: x\nroot: dict\n  w: = 1\n  w: = 1\n", 7, "there before"),
        (HEAD + "[a]\nformat: x\nroot: dict\n      w: = 1\n", 6, "indented"),
        (HEAD + "[a]\nformat: x\nroot: dict\n  {0-999999}.{0-999999}: = 1\n", 6, "beyond the keys"),
        (HEAD + "[a]\nformat: x\nroot: dict\n  {0-999999999}: = 1\n", 6, "too long"),
        (HEAD + "[a]\nformat: x\nroot: *1\n", 5, "not there"),
        (HEAD + "[a]\nformat: x\nroot: defaultdict builtins.exec\n", 5, "factory"),
        (HEAD + "[a]\nroot: dict\n", 3, "without its format"),
        (HEAD + "[a/]\nholds: x\n[a/]\nholds: y\n", 5, "second time"),
        (HEAD + "[a/]\nholds: ../x\n", 4, "no file has"),
        (HEAD + "[a/]\nformat: x\n", 3, "what it holds"),
    ],
)
def test_a_bad_lock_is_told_by_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(LockError, match=says) as caught:
        parse(text)
    assert caught.value.line == line


def mutated(draw: st.DrawFn) -> str:
    text = written(draw(st.one_of(records(), state_dicts())))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 8)))
        text = text[:at] + draw(INSERTED) + text[end:]
    return text


INSERTED = st.one_of(
    st.text(alphabet=' \n"{}[]().,:-&*@=0123456789abcdefNaIr\\', max_size=6),
    st.sampled_from(
        ["  ", "\n  ", "{0-99}", "*1", "&1", "= ", "[]", " dict", "@metadata:", "\ud800", "(NaN)", "root: "]
    ),
)
Texts: Callable[[], st.SearchStrategy[str]] = st.composite(mutated)


@settings(max_examples=600, deadline=None)
@given(Texts())
@example(
    HEAD
    + "[a]\nformat: x\nroot: dict\n"
    + "".join(f"{'  ' * n}a: list\n" if n == 1 else f"{'  ' * n}-: list\n" for n in range(1, 200))
)
@example(
    HEAD + "[a]\nformat: x\nroot: dict\n" + "".join(f"{'  ' * n}a:\n" for n in range(1, 215)) + "  " * 215 + "a: = 1\n"
)
@example(HEAD + "[a]\nformat: x\nroot: dict\n  " + "a." * 5000 + "a: = 1\n")
@example(HEAD + "[a]\nformat: x\nroot: dict\n  a: = " + "[" * 50_000 + "\n")
@example(HEAD + "[a]\nformat: x\nroot: dict\n  a: = " + "9" * 50_000 + "\n")
def test_any_text_is_a_lock_or_a_named_error(text: str) -> None:
    """And what is taken for a lock can be written and read again."""
    try:
        lock = parse(text)
    except LockError as error:
        assert 1 <= error.line <= text.count("\n") + 1
        return
    assert all(isinstance(one.record.root, Ref) or one.record.nodes == () for one in lock.entries)
    again = Lock(tuple(Entry(one.path, reduced(one.record, [()])) for one in lock.entries))
    assert parse(write(again)) == again
