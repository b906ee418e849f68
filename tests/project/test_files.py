"""What is looked at, what is left out, how bytes become text, and where a project begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ckpt_lsp.project.files import MAX_BYTES, python_files, read, workspace_root
from ckpt_lsp.types import Document, FileProblem

CALL = "m.load_state_dict(sd)\n"


def write(file: Path, text: str = CALL) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def below(root: Path, *exclude: str) -> list[str]:
    return [file.relative_to(root).as_posix() for file in python_files(root, root, exclude)]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.py", "a.py", "pkg/m.py", "pkg/deep/n.py", "notes.txt", "pkg/third_party/x.py"):
        write(tmp_path / name)
    for name in (".git/h.py", ".hidden/h.py", "node_modules/h.py", "pkg/site-packages/h.py", "__pycache__/h.py"):
        write(tmp_path / name)
    write(tmp_path / "env/lib/h.py")
    write(tmp_path / "env/pyvenv.cfg", "")
    (tmp_path / "folder.py").mkdir()
    return tmp_path


def test_walk_is_sorted_and_leaves_out_what_is_not_the_users(tree: Path) -> None:
    assert below(tree) == ["a.py", "b.py", "pkg/m.py", "pkg/deep/n.py", "pkg/third_party/x.py"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("third_party", ["a.py", "b.py", "pkg/m.py", "pkg/deep/n.py"]),
        ("pkg/deep/", ["a.py", "b.py", "pkg/m.py", "pkg/third_party/x.py"]),
        ("pkg/*", ["a.py", "b.py"]),
        ("?.py", []),
        ("deep/n.py", ["a.py", "b.py", "pkg/m.py", "pkg/deep/n.py", "pkg/third_party/x.py"]),
    ],
)
def test_exclude(tree: Path, pattern: str, left: list[str]) -> None:
    assert below(tree, pattern) == left


def test_a_file_that_is_named_is_meant(tree: Path) -> None:
    hidden = tree / ".hidden/h.py"
    assert list(python_files(hidden, tree, ["h.py"])) == [hidden]


def test_a_file_without_the_word_is_passed_over(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.py", "x = 1\n")) is None
    assert read(write(tmp_path / "empty.py", "")) is None
    assert read(write(tmp_path / "b.py")) == Document(tmp_path / "b.py", CALL)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "cp1251"])
def test_declared_encodings(tmp_path: Path, encoding: str) -> None:
    text = f"# -*- coding: {encoding} -*-\n" + ("x = 'größe'\n" if encoding != "cp1251" else "x = 'вес'\n") + CALL
    file = tmp_path / "a.py"
    file.write_bytes(text.encode(encoding))
    assert read(file) == Document(file, text)


def test_byte_order_mark_and_carriage_returns(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"\xef\xbb\xbfx = 1\r\n" + CALL.encode())
    assert read(file) == Document(file, "x = 1\r\n" + CALL)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x = 1\ny = '\xe9'\n" + CALL.encode(), "line 2 is not utf-8; save the file as UTF-8"),
        (b"# coding: klingon\n" + CALL.encode(), "unknown encoding: klingon; correct the encoding"),
        (b"# \xe9\n" + CALL.encode(), "line 1 is not utf-8"),
        (CALL.encode() * (MAX_BYTES // len(CALL) + 1), "is too large to check: 8 MB"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(content)
    problem = read(file)
    assert isinstance(problem, FileProblem)
    assert says in problem.message


def test_pipes_and_dangling_links_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    assert below(tmp_path) == []
    for name, says in (("pipe.py", "not a regular file"), ("gone.py", "No such file")):
        problem = read(tmp_path / name)
        assert isinstance(problem, FileProblem)
        assert says in problem.message


# Where a project begins


def test_top_of_the_git_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    file = write(tmp_path / "sub/pkg/a.py")
    write(tmp_path / "sub/pyproject.toml", "")
    assert workspace_root(file) == tmp_path


def test_nearest_pyproject_without_git(tmp_path: Path) -> None:
    file = write(tmp_path / "sub/pkg/a.py")
    write(tmp_path / "sub/pyproject.toml", "")
    assert workspace_root(file) == tmp_path / "sub"


def test_working_directory_if_it_holds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "sub/pkg/a.py")
    monkeypatch.chdir(tmp_path / "sub")
    assert workspace_root(file) == tmp_path / "sub"
    monkeypatch.chdir(tmp_path / "sub/pkg")
    assert workspace_root(write(tmp_path / "other/b.py")) == tmp_path / "other"


def test_a_home_directory_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert workspace_root(write(tmp_path / "work/a.py")) == tmp_path / "work"
