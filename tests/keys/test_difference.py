"""Two files: renamings as the diagnostics see them, changed shapes and dtypes, and what is gone or new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from .conftest import Keys

Document = Callable[..., dict[str, Any]]
State = dict[str, torch.Tensor]


def state() -> State:
    layers = {f"layers.{n}.{name}": torch.ones(4, n + 1) for n in range(4) for name in ("fc1.weight", "fc2.weight")}
    return {"conv.weight": torch.ones(8, 3), "conv.bias": torch.ones(8), **layers}


def renamed(change: Callable[[str], str]) -> State:
    return {change(key): value for key, value in state().items()}


@pytest.mark.parametrize(
    ("other", "how"),
    [
        (renamed(lambda key: f"module.{key}"), {"add": "module."}),
        (renamed(lambda key: key.replace("layers.", "blocks.")), {"replace": ["layers.", "blocks."]}),
    ],
    ids=["add", "replace"],
)
def test_finds_a_renaming(tmp_path: Path, document: Document, other: State, how: dict[str, Any]) -> None:
    """And its opposite, when the files are swapped: every key is accounted for, none twice."""
    torch.save(state(), tmp_path / "a.pth")
    torch.save(other, tmp_path / "b.pth")
    (there,) = document("a.pth", "b.pth", status=1)["diff"]["state_dicts"]
    (back,) = document("b.pth", "a.pth", status=1)["diff"]["state_dicts"]
    assert {name: value for name, value in there["renamed"][0].items() if name != "keys"} == how
    assert there["removed"] == there["added"] == []
    assert {new: old for old, new in there["renamed"][0]["keys"].items()} == back["renamed"][0]["keys"]
    changed = {old: new for old, new in zip(state(), other, strict=True) if old != new}
    assert there["renamed"][0]["keys"] == changed
    assert there["same"] == len(state()) - len(changed)


def test_finds_changed_shapes_and_dtypes(tmp_path: Path, keys: Keys, document: Document) -> None:
    other = {**state(), "conv.weight": torch.ones(9, 3), "conv.bias": torch.ones(8, dtype=torch.float16)}
    del other["layers.3.fc1.weight"]
    other["extra"] = torch.ones(1, 2)
    torch.save({"model": state()}, tmp_path / "a.pth")
    torch.save(other, tmp_path / "b.pth")
    (found,) = document("a.pth", "b.pth", status=1)["diff"]["state_dicts"]
    assert found["paths"] == [["model"], []]
    assert found["resized"] == [{"key": "conv.weight", "first": [8, 3], "second": [9, 3]}]
    assert found["retyped"] == [{"key": "conv.bias", "first": "float32", "second": "float16"}]
    assert (found["removed"], found["added"], found["same"]) == (["layers.3.fc1.weight"], ["extra"], 7)
    text = keys("a.pth", "b.pth").stdout
    for line in (
        "--- a.pth['model']",
        "~ conv.weight  [8, 3] → [9, 3]",
        "~ conv.bias  float32 → float16",
        "- layers.3.fc1.weight  [4, 4]",
        "+ extra  [1, 2]",
    ):
        assert line in text.splitlines()


def test_equal_files_exit_with_0(tmp_path: Path, keys: Keys) -> None:
    """Whatever their values: those are not read."""
    torch.save(state(), tmp_path / "a.pth")
    torch.save({key: value * 2 for key, value in state().items()}, tmp_path / "b.pth")
    done = keys("a.pth", "b.pth")
    assert done.returncode == 0
    assert "10 keys, each with the same shape and dtype; values were not compared" in done.stdout


def test_state_dicts_in_the_same_place_are_compared(tmp_path: Path, document: Document) -> None:
    torch.save({"g": state(), "d": {"w": torch.ones(1)}}, tmp_path / "a.pth")
    torch.save({"g": state(), "e": {"w": torch.ones(1)}}, tmp_path / "b.pth")
    found = document("a.pth", "b.pth", status=1)["diff"]
    assert [one["paths"] for one in found["state_dicts"]] == [[["g"], ["g"]]]
    assert (found["only_first"], found["only_second"]) == ([["d"]], [["e"]])
