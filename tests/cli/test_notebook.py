"""A notebook is one program; what is found is told in its cell."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch

from .conftest import Command

CELLS = [
    ("markdown", "# A model"),
    ("code", "%matplotlib inline\nimport torch\nnet = torch.nn.Linear(2, 2)"),
    ("code", "x = 1\nnet.load_state_dict(torch.load('net.pth'))"),
]


@pytest.fixture
def folder(ckpt_lsp: Command, tmp_path: Path) -> Path:
    cells = [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in CELLS]
    folder = tmp_path / "notebook"
    folder.mkdir()
    (folder / "train.ipynb").write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    )
    return folder


def test_a_mismatch_is_told_in_its_cell(ckpt_lsp: Command, folder: Path) -> None:
    net = torch.nn.Linear(2, 2)
    broken = {f"module.{key}": value for key, value in net.state_dict().items()}
    torch.save(broken, folder / "net.pth")
    done = ckpt_lsp("check", "--output-format", "json", "--python", sys.executable, folder)
    (site,) = json.loads(done.stdout)["sites"]
    assert (site["cell"], site["line"], site["column"], site["status"]) == (2, 2, 1, "raises")
    with pytest.raises(RuntimeError) as real:
        net.load_state_dict(broken)
    assert site["raises"]["message"] == str(real.value)


def test_one_that_fits(ckpt_lsp: Command, folder: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), folder / "net.pth")
    done = ckpt_lsp("check", "--python", sys.executable, folder)
    assert (done.returncode, "1 loads" in done.stdout) == (0, True)
