"""Open documents: the server's text is the editor's after any edits, and each file has its root."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given
from lsprotocol import types as lsp

from ckpt_lsp.server.buffers import Buffer
from ckpt_lsp.server.workspace import OpenDocuments, folders_of, path_of, root_of

from .editor import UTF8, UTF16, UTF32, Editor

texts = st.text(st.sampled_from("a é漢𝄞\x0c\u2028\x85\r\n"), max_size=40)
encodings = st.sampled_from([UTF8, UTF16, UTF32])


@given(st.data(), texts, encodings)
def test_text_stays_that_of_the_editor(data: st.DataObject, text: str, encoding: str) -> None:
    """The editor of these tests finds positions by the codecs, without the code under test."""
    uri = "file:///a.py"
    editor = _Recorder(encoding, text)
    buffer = Buffer(uri, Path("/a.py"), 1, text)
    for version in range(2, 5):
        places = sorted(editor.place(data.draw(st.integers(0, len(editor.texts[uri])))) for _ in "ab")
        editor.edit(uri, lsp.TextEdit(lsp.Range(*places), data.draw(texts)))
        buffer = buffer.changed(editor.sent.pop(), version, encoding)
        assert buffer.text == editor.texts[uri]
        assert buffer.version == version


class _Recorder(Editor):
    """An editor whose server is a list."""

    def __init__(self, encoding: str, text: str) -> None:
        super().__init__(client=None, encoding=encoding, texts={"file:///a.py": text})  # type: ignore[arg-type]
        self.sent: list[list[lsp.TextDocumentContentChangeEvent]] = []

    def _changed(self, uri: str, changes: list[lsp.TextDocumentContentChangeEvent]) -> None:
        self.sent.append(changes)

    def place(self, offset: int) -> lsp.Position:
        """The client's position of an offset; within \\r\\n there is none, so before it."""
        text = self.texts["file:///a.py"]
        if text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1
        before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        column = before.rpartition("\n")[2]
        width = {UTF8: len(column.encode()), UTF16: len(column.encode("utf-16-le")) // 2, UTF32: len(column)}
        return lsp.Position(before.count("\n"), width[self.encoding])


def test_overlay_is_the_other_documents() -> None:
    documents = OpenDocuments()
    for name in "ab":
        documents.open(lsp.TextDocumentItem(f"file:///w/{name}.py", "python", 1, name))
    assert documents.open(lsp.TextDocumentItem("untitled:c", "python", 1, "c")) is None
    a = documents.get("file:///w/a.py")
    assert a and documents.overlay(a) == {Path("/w/b.py"): "b"}


def test_uri_is_spelled_as_the_client_does() -> None:
    documents = OpenDocuments()
    documents.open(lsp.TextDocumentItem("file:///w/%61%20b.py", "python", 1, ""))
    assert documents.uri(Path("/w/a b.py")) == "file:///w/%61%20b.py"
    assert documents.uri(Path("/w/ü#.py")) == "file:///w/%C3%BC%23.py"
    assert path_of("file:///w/%C3%BC%23.py") == Path("/w/ü#.py")


@pytest.mark.parametrize(
    ("given_as", "expected"),
    [
        ({"workspace_folders": [lsp.WorkspaceFolder("file:///a", "a"), lsp.WorkspaceFolder("file:///b", "b")]}, "ab"),
        ({"workspace_folders": [lsp.WorkspaceFolder("file:///a", "a")], "root_uri": "file:///b"}, "a"),
        ({"workspace_folders": None, "root_uri": "file:///a"}, "a"),
        ({"root_path": "/a"}, "a"),
        ({"workspace_folders": [lsp.WorkspaceFolder("vscode-vfs://github/x/y", "y")]}, ""),
        ({}, ""),
    ],
)
def test_folders(given_as: dict[str, object], expected: str) -> None:
    params = lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), **given_as)  # type: ignore[arg-type]
    assert folders_of(params) == tuple(Path("/", name) for name in expected)


def test_root_is_the_innermost_folder_else_the_project(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    project = tmp_path / "lone"
    for folder in (inner, project / ".git", project / "src"):
        folder.mkdir(parents=True)
    assert root_of(inner / "a.py", (tmp_path, inner)) == inner
    assert root_of(tmp_path / "innermost.py", (tmp_path, inner)) == tmp_path
    assert root_of(project / "src" / "a.py", ()) == project
