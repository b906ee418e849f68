"""Fix all in file: every fix that needs no choice, at once, proven together; the file then runs under torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import NotebookEditor, editing
from .project import LOAD, save_checkpoint, script

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")]

TWO = script(f"{LOAD}\nother = Net()\nother.load_state_dict(torch.load('other.pth'))\nprint('both loaded')")
SHARED = """\
sd = torch.load('net.pth')
net.load_state_dict(sd)
other = Net()
other.load_state_dict(sd)
print('both loaded')"""
FIRST = lsp.Range(lsp.Position(9, 4), lsp.Position(9, 4))
NOWHERE = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))


@pytest.fixture
def two(project: Path) -> Path:
    """A script with two load sites that want the same fix."""
    save_checkpoint(project / "other.pth", prefix="module.")
    path = project / "train.py"
    path.write_text(TWO)
    return path


async def test_on_save(two: Path) -> None:
    async with editing(two.parent) as editor:
        uri = editor.open(two)
        assert len(await editor.diagnostics(uri)) == 4
        for kind in ("source", "source.fixAll", "source.fixAll.ckpt-lsp"):
            [action] = await editor.actions(uri, NOWHERE, kind)
            assert (action.kind, action.title) == ("source.fixAll.ckpt-lsp", "Fix all 2 load sites of this file")
        assert await editor.actions(uri, NOWHERE, "source.organizeImports") == []
        editor.apply(action)
        await editor.until(uri, set())
        assert run(editor.texts[uri], two) == "both loaded\n"


async def test_the_same_fix_at_every_place_that_wants_it(two: Path) -> None:
    async with editing(two.parent) as editor:
        uri = editor.open(two)
        found = await editor.actions(uri, FIRST, "quickfix")
        [best] = [action for action in found if action.is_preferred]
        [everywhere] = [action for action in found if action.title == f"{best.title} (all 2 in this file)"]
        assert everywhere.kind == "quickfix" and everywhere.diagnostics == best.diagnostics
        editor.apply(everywhere)
        await editor.until(uri, set())
        assert run(editor.texts[uri], two) == "both loaded\n"


async def test_what_one_call_hides_of_the_next_is_mended_after_it(two: Path) -> None:
    """The first call raises, so the second one, of the same state dict, has no verdict yet."""
    two.write_text(script(SHARED))
    async with editing(two.parent) as editor:
        uri = editor.open(two)
        for _ in range(2):
            assert await editor.diagnostics(uri)
            [action] = await editor.actions(uri, NOWHERE, "source.fixAll")
            assert action.title == "Fix the load site of this file"
            editor.apply(action)
        assert await editor.diagnostics(uri) == []
        assert run(editor.texts[uri], two) == "both loaded\n"


async def test_all_cells_of_a_notebook(two: Path) -> None:
    before, call, *rest = TWO.partition(LOAD)
    cells = [("code", before.rstrip()), ("markdown", "# Load"), ("code", call), ("code", "".join(rest).strip())]
    async with editing(two.parent) as editor:
        opened = NotebookEditor(editor, two.with_name("train.ipynb"), cells)
        first, last = opened.cells[2:]
        assert await editor.diagnostics(first)
        assert await editor.diagnostics(last)
        [action] = await editor.actions(first, NOWHERE, "source.fixAll")
        opened.apply(action)
        await editor.until(first, set())
        await editor.until(last, set())
        code = "\n".join(text for kind, text in opened.texts() if kind == "code")
        assert run(code, two) == "both loaded\n"


def run(text: str, script: Path) -> str:
    script.write_text(text)
    done = subprocess.run([sys.executable, script], cwd=script.parent, capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr
