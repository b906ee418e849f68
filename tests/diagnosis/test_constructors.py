"""Another argument for the constructor is offered only where the model, built with it, takes the checkpoint."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_lsp.diagnosis import diagnose
from ckpt_lsp.types import Fix

from .real import applied, case, proves

NET = """import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width, depth, heads=2, classes=10):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.heads = nn.Parameter(torch.zeros(heads, 3))
        self.fc = nn.Linear(width, classes)


"""
LOAD = 'model.load_state_dict(torch.load("x.pth"))\n'


def fixes(text: str, saved: str, folder: Path) -> list[Fix]:
    names: dict[str, object] = {}
    exec(f"{NET}made = {saved}.state_dict()", names)
    torch.save(names["made"], folder / "x.pth")
    return list(dict.fromkeys(fix for finding in diagnose(case(NET + text, folder)) for fix in finding.fixes))


@pytest.mark.parametrize(
    ("before", "saved", "after"),
    [
        ("model = Net(4, 2)\n" + LOAD, "Net(8, 2)", "model = Net(8, 2)\n" + LOAD),
        ("model = Net(4, 4, heads=4)\n" + LOAD, "Net(4, 4, heads=6)", "model = Net(4, 4, heads=6)\n" + LOAD),
        ("model = Net(4, 2, classes=3)\n" + LOAD, "Net(8, 5, classes=7)", "model = Net(8, 5, classes=7)\n" + LOAD),
        ("N = 4\nmodel = Net(N, 2)\n" + LOAD, "Net(8, 2)", "N = 8\nmodel = Net(N, 2)\n" + LOAD),
        (
            "def main():\n    model = Net(4, 2)\n    " + LOAD + "\nmain()\n",
            "Net(8, 2)",
            "def main():\n    model = Net(8, 2)\n    " + LOAD + "\nmain()\n",
        ),
    ],
)
def test_the_argument_is_found(before: str, saved: str, after: str, tmp_path: Path) -> None:
    first, *_ = fixes(before, saved, tmp_path)
    assert first.preferred
    assert applied(NET + before, first) == NET + after
    proves(NET + before, first, tmp_path)


@pytest.mark.parametrize(
    ("before", "saved"),
    [
        ("N = 4\nmodel = Net(N, 2)\n" + LOAD + "print(N)\n", "Net(8, 2)"),
        ("model = Net(4, 2)\nmodel.fc = nn.Linear(4, 3)\n" + LOAD, "Net(4, 2, classes=12)"),
        ("def main(n):\n    model = Net(n, 2)\n    " + LOAD + "\nmain(4)\n", "Net(8, 2)"),
    ],
)
def test_not_unasked_where_the_number_is_not_the_constructors_alone(before: str, saved: str, tmp_path: Path) -> None:
    first, *_ = fixes(before, saved, tmp_path)
    assert first.title.startswith("Build")
    assert not first.preferred
    proves(NET + before, first, tmp_path)


def test_not_where_the_number_is_computed(tmp_path: Path) -> None:
    found = fixes("model = Net(2 + 2, 2)\n" + LOAD, "Net(8, 2)", tmp_path)
    assert not [fix for fix in found if fix.title.startswith("Build")]


NUMBERS = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=40, deadline=None)
@given(NUMBERS, NUMBERS)
def test_no_argument_is_wrong(own: tuple[int, ...], saved: tuple[int, ...]) -> None:
    with tempfile.TemporaryDirectory() as name:
        text = f"model = Net{own}\n" + LOAD
        for fix in fixes(text, f"Net{saved}", Path(name)):
            proves(NET + text, fix, Path(name))
