"""Whether torch takes a file with weights_only=True is asked once, as long as the file stays and so does the answer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from ckpt_lsp.config import load_settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Loads, Raises

SCRIPT = "import torch\nnet = torch.nn.Linear(2, 2)\nnet.load_state_dict(torch.load('net.pth')['model'])\n"
TRUSTING = "import argparse\nimport torch\ntorch.serialization.add_safe_globals([argparse.Namespace])\n" + SCRIPT


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path, load_settings(tmp_path, flags={"python": sys.executable}))
    yield engine
    engine.close()


def save(engine: Engine, **more: object) -> None:
    torch.save({"model": nn.Linear(2, 2).state_dict(), **more}, engine.root / "net.pth")


def verdict(engine: Engine, name: str, text: str) -> object:
    (report,) = engine.check(Document(engine.root / name, text))
    return report.verdict


def test_a_file_that_is_written_anew_is_asked_about_anew(engine: Engine) -> None:
    save(engine)
    for _ in range(2):
        assert isinstance(verdict(engine, "train.py", SCRIPT), Loads)
    assert [row[0] for row in engine.results.taken()] == [str(engine.root / "net.pth")]
    assert isinstance(verdict(engine, "train.py", "\n" + SCRIPT), Loads)
    save(engine, arguments=argparse.Namespace(lr=1))
    refused = verdict(engine, "train.py", "\n\n" + SCRIPT)
    assert isinstance(refused, Raises) and refused.error.type == "UnpicklingError"


def test_what_one_program_allows_another_does_not(engine: Engine) -> None:
    save(engine, arguments=argparse.Namespace(lr=1))
    assert isinstance(verdict(engine, "trusting.py", TRUSTING), Loads)
    assert engine.results.taken() == []
    assert isinstance(verdict(engine, "train.py", SCRIPT), Raises)
