"""Which files of a workspace are taken to hold weights, and how much of it is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.project import weights as room
from ckpt_lsp.project.weights import weights


def put(root: Path, *names: str, size: int = 1) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x" * size)


def found(root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in weights(root)]


def test_by_suffix_the_nearer_first(tmp_path: Path) -> None:
    put(tmp_path, "b/c/deep.pt", "b/x.ckpt", "b/model.safetensors", "a.pth", "a.pth.tar", "A.PTH", "train.py", "x.tar")
    assert found(tmp_path) == ["A.PTH", "a.pth", "a.pth.tar", "b/model.safetensors", "b/x.ckpt", "b/c/deep.pt"]


def test_empty_files_and_small_ones_of_a_vague_kind_are_none(tmp_path: Path) -> None:
    put(tmp_path, "empty.pth", size=0)
    put(tmp_path, "words.bin", "config.pkl", size=room.SMALLEST_VAGUE - 1)
    put(tmp_path, "pytorch_model.bin", size=room.SMALLEST_VAGUE)
    assert found(tmp_path) == ["pytorch_model.bin"]


def test_hidden_folders_environments_and_links_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, ".git/a.pth", ".venv/a.pth", "node_modules/a.pth", "env/pyvenv.cfg", "env/a.pth", "kept/a.pth")
    (tmp_path / "kept" / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.pth").symlink_to("nowhere")
    (tmp_path / "linked.pth").symlink_to("kept/a.pth")
    assert found(tmp_path) == ["linked.pth", "kept/a.pth"]


def test_nothing_is_opened(tmp_path: Path) -> None:
    put(tmp_path, "secret.pth")
    (tmp_path / "secret.pth").chmod(0)
    assert found(tmp_path) == ["secret.pth"]


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *(f"{number:03}.pth" for number in range(30)), "/".join("abcdefgh") + "/deep.pth")
    assert len(found(tmp_path)) == 30
    monkeypatch.setattr(room, "MOST_FILES", 4)
    assert found(tmp_path) == ["000.pth", "001.pth", "002.pth", "003.pth"]
    monkeypatch.setattr(room, "MOST_ENTRIES", 2)
    assert len(found(tmp_path)) <= 2


def test_one_folder_alone_and_one_that_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, "a.pth", "b/b.pth")
    assert [file.name for file in weights(tmp_path, deepest=0)] == ["a.pth"]
    assert weights(tmp_path / "nowhere") == ()
