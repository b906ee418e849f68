"""What lies in other checkpoints: read without executing anything, once for each state of a file, in bounded time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from ckpt_lsp.engine import contents
from ckpt_lsp.engine.contents import Contents
from ckpt_lsp.worker.checkpoint.records import Record


class Runs:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> object:
        return open, (str(self._path), "w")


def test_every_state_dict_of_a_file(tmp_path: Path) -> None:
    model = torch.nn.Linear(3, 2)
    torch.save({"model": model.state_dict(), "ema": {"weight": torch.ones(4)}, "epoch": 3}, tmp_path / "a.pth")
    found = Contents().inside()(tmp_path / "a.pth")
    assert list(found) == [{"weight": (2, 3), "bias": (2,)}, {"weight": (4,)}]


def test_nothing_of_what_is_no_checkpoint_and_nothing_runs(tmp_path: Path) -> None:
    (tmp_path / "page.pth").write_text("<html>")
    torch.save({"a": Runs(tmp_path / "made"), "weight": torch.ones(3)}, tmp_path / "runs.pth")
    inside = Contents().inside()
    assert inside(tmp_path / "page.pth") == ()
    assert inside(tmp_path / "absent.pth") == ()
    assert inside(tmp_path / "runs.pth") == ({"weight": (3,)},)
    assert not (tmp_path / "made").exists()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are really read."""
    files: list[Path] = []
    real = contents.read_confined

    def noted(path: Path, wall_seconds: float) -> Record:
        files.append(path)
        return real(path, wall_seconds)

    monkeypatch.setattr(contents, "read_confined", noted)
    return files


def test_a_file_is_read_once_until_it_changes(tmp_path: Path, read: list[Path]) -> None:
    path, known = tmp_path / "a.pth", Contents()
    torch.save({"weight": torch.ones(3)}, path)
    assert known.inside()(path) == known.inside()(path) == ({"weight": (3,)},)
    assert read == [path]
    torch.save({"weight": torch.ones(5)}, path)
    os.utime(path, (1, 1))
    assert known.inside()(path) == ({"weight": (5,)},)


def test_time_is_bounded(tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "SECONDS", 1e-9)
    inside = Contents().inside()
    for name in ("a.pth", "b.pth"):
        torch.save({"weight": torch.ones(3)}, tmp_path / name)
        inside(tmp_path / name)
    assert read == [tmp_path / "a.pth"]
