"""A notebook in the editor: its cells are documents of their own, and a fix goes into the cell it belongs to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from .editor import NotebookEditor, editing

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")]

IMPORTS = "import torch\nfrom torch import nn"
MODEL = """\
%matplotlib inline

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)"""
LOAD = "é = '漢𝄞'; net = Net()\nnet.load_state_dict(torch.load('net.pth'))"
CELLS = [("markdown", "# A model"), ("code", IMPORTS), ("code", MODEL), ("code", LOAD), ("code", "print('loaded', é)")]
CALL = "net.load_state_dict(torch.load('net.pth'))"


@pytest.fixture
def notebook(project: Path) -> Path:
    path = project / "train.ipynb"
    listed = [{"cell_type": kind, "metadata": {}, "source": text.splitlines(True)} for kind, text in CELLS]
    for cell in listed:
        cell |= {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}))
    return path


async def test_a_fix_goes_into_its_cell_and_the_notebook_then_runs(notebook: Path) -> None:
    assert "Missing key(s)" in run(CELLS, notebook.parent)
    async with editing(notebook.parent) as editor:
        opened = NotebookEditor(editor, notebook, CELLS)
        call = opened.cells[3]
        found = await editor.diagnostics(call)
        assert {shown.code for shown in found} == {"missing-keys", "unexpected-keys"}
        assert editor.text_at(call, found[0].range) == CALL
        for other in opened.cells[:3]:
            assert await editor.diagnostics(other) == []

        assert await editor.actions(opened.cells[2], found[0].range) == []
        [best] = [action for action in await editor.actions(call, found[0].range) if action.is_preferred]
        opened.apply(best)
        await editor.until(call, set())
        assert run(opened.texts(), notebook.parent) == "loaded 漢𝄞\n"


async def test_cells_that_come_go_and_change_are_told(notebook: Path) -> None:
    async with editing(notebook.parent) as editor:
        opened = NotebookEditor(editor, notebook, CELLS)
        call = opened.cells[3]
        assert await editor.diagnostics(call)
        opened.edit(opened.cells[1], lsp.TextEdit(_start(), "import os\n"))
        assert len(await editor.diagnostics(call)) == 2
        opened.insert(3, "code", "Net = lambda: nn.ModuleDict({'module': nn.ModuleDict({'fc': nn.Linear(4, 2)})})\n")
        await editor.until(call, set())
        opened.remove(3)
        await editor.until(call, {"missing-keys", "unexpected-keys"})
        opened.close()
        await editor.until(call, set())


async def test_hovering_in_a_cell(notebook: Path) -> None:
    async with editing(notebook.parent) as editor:
        opened = NotebookEditor(editor, notebook, CELLS)
        call = opened.cells[3]
        [found, *_] = await editor.diagnostics(call)
        for cell, expected in ((call, True), (opened.cells[2], False)):
            params = lsp.HoverParams(lsp.TextDocumentIdentifier(cell), found.range.start)
            shown = await editor.client.text_document_hover_async(params)
            assert (shown is not None) == expected


async def test_the_json_text_of_a_notebook_is_left_alone(notebook: Path) -> None:
    async with editing(notebook.parent) as editor:
        uri = editor.open(notebook)
        assert await editor.actions(uri, _start()) == []
    assert editor.published == []


def run(cells: list[tuple[str, str]], folder: Path) -> str:
    """What Jupyter would do, without magics: what the code cells print, or how they fail."""
    code = "\n".join(text for kind, text in cells if kind == "code").replace("%matplotlib inline", "")
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=300)
    return done.stdout + done.stderr


def _start() -> lsp.Range:
    return lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
