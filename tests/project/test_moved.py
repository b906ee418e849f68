"""Paths of another machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.project.moved import STAYED, Move, find, move


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        ("train.py", "sub/train.py"),
        ("../train.py", "train.py"),
        ("./a/b.py", "sub/a/b.py"),
        ("/home/me/proj/sub/a/b.py", "sub/a/b.py"),
        ("/home/me/proj/a/b.py", "sub/a/b.py"),
        ("/x/top.py", "top.py"),
        ("D:\\me\\sub\\a\\b.py", "sub/a/b.py"),
        ("a\\b.py", "sub/a/b.py"),
        ("{root}/train.py", "train.py"),
        ("/home/me/../a/b.py", None),
        ("../../outside.py", None),
        ("/etc/passwd", None),
        ("sub", None),
        ("gone.py", None),
        ("", None),
        ("/", None),
        (".", None),
        ("a\0.py", None),
    ],
)
def test_find(tmp_path: Path, recorded: str, found: str | None) -> None:
    root = tmp_path / "root"
    for name in ("root/train.py", "root/top.py", "root/sub/train.py", "root/sub/a/b.py", "outside.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    path = find(recorded.replace("{root}", str(root)), root, root / "sub")
    assert path == (None if found is None else root / found)


ROOT = Path("/ws/proj")


@pytest.mark.parametrize(
    ("there", "here", "moved"),
    [
        ("/home/me/raft/tools/eval.py", "tools/eval.py", Move("/home/me/raft", "/ws/proj")),
        ("/home/me/proj/eval.py", "eval.py", Move("/home/me/proj", "/ws/proj")),
        ("/app/eval.py", "tools/eval.py", Move("/app", "/ws/proj/tools")),
        ("C:\\me\\eval.py", "eval.py", Move("C:\\me", "/ws/proj")),
        ("/eval.py", "eval.py", STAYED),
        ("eval.py", "eval.py", STAYED),
    ],
)
def test_move(there: str, here: str, moved: Move) -> None:
    assert move(there, ROOT / here, ROOT) == moved


@pytest.mark.parametrize(
    ("word", "here"),
    [
        ("/there", "/here"),
        ("/there/a b.pth", "/here/a b.pth"),
        ("--m=/there/a.pth", "--m=/here/a.pth"),
        ("w=['/there/a','/there/b']", "w=['/here/a','/here/b']"),
        ("/therefore/a", "/therefore/a"),
        ("/not/there/a", "/not/there/a"),
        ("there", "there"),
    ],
)
def test_words_are_moved(word: str, here: str) -> None:
    assert Move("/there", "/here").of(word) == here
    assert Move("/there", "/there").of(word) == word
    assert STAYED.of(word) == word
