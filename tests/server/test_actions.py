"""Quick fixes as an editor asks for them and applies them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import editing
from .project import LOAD, save_checkpoint, script

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")]

CALL = lsp.Range(lsp.Position(9, 4), lsp.Position(9, 4))
ELSEWHERE = lsp.Range(lsp.Position(0, 0), lsp.Position(3, 0))
WHOLE_FILE = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))


async def test_offered_on_the_call_and_nowhere_else(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        assert await editor.actions(uri, CALL)
        assert await editor.actions(uri, WHOLE_FILE)
        assert await editor.actions(uri, ELSEWHERE) == []


async def test_each_is_a_quick_fix_that_names_what_it_mends(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        published = await editor.diagnostics(uri)
        actions = await editor.actions(uri, CALL)
    assert {action.kind for action in actions} == {lsp.CodeActionKind.QuickFix}
    assert [action.is_preferred for action in actions].count(True) == 1
    assert actions[0].is_preferred
    assert len({action.title for action in actions}) == len(actions)
    for action in actions:
        assert action.diagnostics and all(shown in published for shown in action.diagnostics)


@pytest.mark.parametrize(("only", "some"), [("quickfix", True), ("", True), ("refactor", False)])
async def test_kinds_asked_for(project: Path, only: str, some: bool) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        assert bool(await editor.actions(uri, CALL, only)) is some


async def test_asked_before_the_check_is_done_they_fit_the_newest_text(project: Path) -> None:
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script())
        assert await editor.actions(uri, CALL)
        start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        editor.edit(uri, lsp.TextEdit(start, "# one line more\n"))
        below = lsp.Range(lsp.Position(10, 4), lsp.Position(10, 4))
        [best] = [action for action in await editor.actions(uri, below) if action.is_preferred]
        editor.apply(best)
        assert await editor.diagnostics(uri) == []
        assert editor.texts[uri].startswith("# one line more\nimport torch")


async def test_client_without_document_changes(project: Path) -> None:
    async with editing(project, like="neovim") as editor:
        uri = editor.open(project / "train.py", script())
        [best] = [action for action in await editor.actions(uri, CALL) if action.is_preferred]
        assert best.edit and best.edit.changes and not best.edit.document_changes
        editor.apply(best)
        assert LOAD not in editor.texts[uri]
        assert await editor.diagnostics(uri) == []


async def test_unknown_document_has_none(project: Path) -> None:
    async with editing(project) as editor:
        assert await editor.actions((project / "never-opened.py").as_uri(), CALL) == []


async def test_a_call_without_verdict_is_not_marked_but_offers_a_hint(project: Path) -> None:
    """Once the hint says which file is meant, there is a verdict."""
    save_checkpoint(project / "net.pth", more={"extra": 1})
    load = "net.load_state_dict(torch.load(input()))"
    async with editing(project) as editor:
        uri = editor.open(project / "train.py", script(load))
        assert await editor.diagnostics(uri) == []
        [hint] = [action for action in await editor.actions(uri, CALL) if "net.pth" in action.title]
        assert hint.diagnostics is None
        editor.apply(hint)
        assert "# ckpt-lsp: checkpoint net.pth" in editor.texts[uri]
        assert {shown.code for shown in await editor.diagnostics(uri)} == {"unexpected-keys"}
