"""Lines of other files that a finding points at: where the model gets what does not fit, where a file is refused."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import torch

from ckpt_lsp.config import load_settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Finding

HEAD = "from torch import nn\n\n\n"
MODEL = (
    HEAD
    + """\
def linear(width):
    return nn.Linear(width, 2)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 1)
        self.scale = nn.Parameter(nn.Linear(2, 1).weight[0])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(3)])
        self.add_module("head", linear(2))
        layer = nn.TransformerEncoderLayer(4, 1, 4)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.register_buffer("steps", nn.Linear(1, 1).bias.detach())
"""
)
TRAIN = "import torch\nfrom model import Net\nnet = Net()\nnet.load_state_dict(torch.load('net.pth'))\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "model.py").write_text(MODEL)
    engine = Engine(tmp_path, load_settings(tmp_path, flags={"python": sys.executable}))
    yield engine
    engine.close()


def state_dict() -> dict[str, torch.Tensor]:
    names: dict[str, type] = {}
    exec(compile(MODEL, "model.py", "exec"), names)
    own: Mapping[str, torch.Tensor] = names["Net"]().state_dict()
    return dict(own)


def places(engine: Engine, state: Mapping[str, torch.Tensor], rule: str) -> list[str]:
    """The lines of model.py that the finding points at."""
    torch.save(state, engine.root / "net.pth")
    lines = MODEL.splitlines()
    found = [related for finding in findings(engine, TRAIN) if finding.rule == rule for related in finding.related]
    return [*dict.fromkeys(lines[r.span.line - 1].strip() for r in found if r.path.name == "model.py")]


def findings(engine: Engine, text: str) -> list[Finding]:
    (report,) = engine.check(Document(engine.root / "train.py", text))
    return list(report.findings)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("conv.", "convolution.", "self.conv = nn.Conv1d(2, 2, 1)"),
        ("scale", "factor", "self.scale = nn.Parameter(nn.Linear(2, 1).weight[0])"),
        ("head.", "fc.", 'self.add_module("head", linear(2))'),
        ("blocks.", "layers.", "self.blocks = nn.Sequential(*[Block() for _ in range(3)])"),
        ("steps", "count", 'self.register_buffer("steps", nn.Linear(1, 1).bias.detach())'),
        ("encoder.", "transformer.", "self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)"),
    ],
)
def test_a_renamed_part_is_where_it_gets_its_name(engine: Engine, old: str, new: str, line: str) -> None:
    renamed = {key.replace(old, new): value for key, value in state_dict().items()}
    assert places(engine, renamed, "missing-keys") == [line]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("head.weight", "return nn.Linear(width, 2)"),
        ("blocks.1.conv.weight", "self.conv = nn.Conv1d(2, 2, 1)"),
        (
            "encoder.layers.1.linear1.weight",
            "self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)",
        ),
    ],
)
def test_a_size_is_where_the_tensor_is_made(engine: Engine, key: str, line: str) -> None:
    """What is copied, as the layers of an encoder are, is made where the copies get their place."""
    state = state_dict()
    state[key] = torch.zeros(*(size + 1 for size in state[key].shape))
    assert places(engine, state, "size-mismatch") == [line]


def test_what_is_made_nowhere_is_missed_in_the_constructor(engine: Engine) -> None:
    state = state_dict() | {"blocks.0.bias": torch.zeros(1)}
    assert places(engine, state, "unexpected-keys") == ["def __init__(self):"]


def test_where_all_parts_differ_none_is_pointed_at(engine: Engine) -> None:
    wrapped = {f"module.{key}": value for key, value in state_dict().items()}
    assert places(engine, wrapped, "missing-keys") == []


def test_a_file_that_is_refused_is_refused_where_it_is_read(engine: Engine) -> None:
    torch.save({"model": state_dict(), "args": argparse.Namespace(lr=1)}, engine.root / "net.pth")
    (engine.root / "reading.py").write_text("import torch\n\ndef read(path):\n    return torch.load(path)['model']\n")
    text = "from model import Net\nfrom reading import read\nnet = Net()\nnet.load_state_dict(read('net.pth'))\n"
    (found,) = findings(engine, text)
    assert found.rule == "weights-only-rejects"
    (place,) = found.related
    assert (place.path.name, place.span.line, place.message) == ("reading.py", 4, "raised here")
