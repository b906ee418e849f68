"""What is no proper input gives a clear message or nothing, never a traceback, and the server goes on."""

from __future__ import annotations

import asyncio
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import Editor, editing
from .project import LOAD, script

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def no_traceback(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The server's stderr is its log, where an unexpected error leaves its traceback."""
    yield
    assert "Traceback" not in capfd.readouterr().err


async def answers(editor: Editor, root: Path) -> bool:
    """Whether another, proper document still gets its diagnostics."""
    return bool(await editor.diagnostics(editor.open(root / "other.py", script())))


async def test_syntax_error_keeps_the_last_findings(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        assert await editor.diagnostics(uri)
        editor.replace(uri, script() + "def (:\n")
        assert await editor.actions(uri, lsp.Range(lsp.Position(9, 0), lsp.Position(9, 5))) == []
        assert [said.version for said in editor.published if said.uri == uri] == [1]
        assert await answers(editor, project)
        editor.replace(uri, script(LOAD + "  # mended"))
        assert await editor.diagnostics(uri)
        assert not editor.client.messages


@pytest.mark.parametrize("text", ["", "\n", "x = '\ud800'\nm.load_state_dict(y)\n", "\0load_state_dict("])
async def test_odd_text(project: Path, text: str) -> None:
    async with editing(project) as editor:
        editor.open(project / "odd.py", text)
        assert await answers(editor, project)


async def test_empty_file_has_no_diagnostics(project: Path) -> None:
    async with editing(project) as editor:
        assert await editor.diagnostics(editor.open(project / "empty.py", "")) == []


async def test_20_000_lines(project: Path) -> None:
    text = "".join(f"def f{n}(x):\n    return x + {n}\n" for n in range(10_000)) + script()
    async with editing(project) as editor:
        uri = editor.open(project / "long.py", text)
        found = await editor.diagnostics(uri)
        assert found and all(editor.text_at(uri, shown.range) == LOAD for shown in found)


async def test_file_on_disk_is_not_utf_8(project: Path) -> None:
    """The editor's text counts; a module that Python itself refuses is the reason for no verdict."""
    path = project / "train.py"
    path.write_bytes("# caf\xe9\n".encode("latin-1") + script().encode())
    (project / "latin.py").write_bytes("name = 'caf\xe9'\n".encode("latin-1"))
    async with editing(project) as editor:
        assert await editor.diagnostics(editor.open(path, "# café\n" + script()))
        text = script(before="from latin import name", init="self.fc = nn.Linear(4, len(name))")
        uri = editor.open(project / "imports.py", text)
        codes = {shown.code for shown in await editor.diagnostics(uri)}
    assert not codes & {"missing-keys", "unexpected-keys", "size-mismatch"}


async def test_no_workspace_folder(project: Path) -> None:
    """A lone file is checked in its own folder."""
    async with editing(None) as editor:
        assert await editor.diagnostics(editor.open(project / "train.py", script()))


async def test_document_that_is_no_file(project: Path) -> None:
    async with editing(project) as editor:
        item = lsp.TextDocumentItem("untitled:Untitled-1", "python", 1, script())
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        assert await answers(editor, project)
        assert {said.uri for said in editor.published} == {(project / "other.py").as_uri()}


async def test_interpreter_without_torch_is_said_once(project: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=False)
    async with editing(project, settings={"python": str(bare / "bin" / "python")}) as editor:
        uri = editor.open(project / "train.py", script())
        message = await editor.message()
        assert "torch" in message.message and str(bare) in message.message
        editor.replace(uri, script() + "\n")
        await asyncio.sleep(2.0)
        assert len(editor.client.messages) == 1
        editor.client.set_configuration({"ckptLsp": {}})
        editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings=None))
        assert await editor.diagnostics(uri)


async def test_bad_setting_is_said(project: Path) -> None:
    async with editing(project, settings={"sandbox": "perhaps"}) as editor:
        editor.open(project / "train.py", script())
        message = await editor.message()
        assert "sandbox" in message.message and "perhaps" in message.message
