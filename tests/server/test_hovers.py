"""Pointing at a load site says what is known of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import Editor, editing
from .project import LOAD, save_checkpoint, script

pytestmark = pytest.mark.asyncio


async def hover(editor: Editor, uri: str, place: lsp.Position) -> lsp.Hover | None:
    await editor.diagnostics(uri)
    return await editor.client.text_document_hover_async(lsp.HoverParams(lsp.TextDocumentIdentifier(uri), place))


async def text(editor: Editor, uri: str) -> list[str]:
    found = await hover(editor, uri, lsp.Position(9, 4))
    assert found and isinstance(found.contents, lsp.MarkupContent)
    return found.contents.value.splitlines()


async def test_says_verdict_model_checkpoint_and_assumption(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        verdict, model, checkpoint, assumption = await text(editor, uri)
    assert verdict == "ckpt-lsp: torch raises RuntimeError here"
    assert model.endswith("Net, 2 keys")
    assert checkpoint == "checkpoint: net.pth, 2 keys"
    assert assumption == "assuming defaults, in project"


async def test_says_that_it_loads(project: Path) -> None:
    save_checkpoint(project / "net.pth")
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        assert (await text(editor, uri))[0] == "ckpt-lsp: this loads"


async def test_says_what_strict_false_is_silent_about(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script(LOAD[:-1] + ", strict=False)"))
        first = (await text(editor, uri))[0]
    assert first == "ckpt-lsp: this loads, in spite of 2 missing keys and 2 unexpected keys"


async def test_says_why_there_is_no_verdict(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script(LOAD.replace("net.pth", "gone.pth")))
        first = (await text(editor, uri))[0]
    assert first.startswith("ckpt-lsp: no verdict: ") and "gone.pth" in first


async def test_says_nothing_elsewhere(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        assert await hover(editor, uri, lsp.Position(0, 0)) is None
