"""Notebooks as programs."""

from __future__ import annotations

import json

import pytest

from ckpt_lsp.source import notebooks
from ckpt_lsp.types import Span


def notebook(*cells: str | list[str] | None) -> notebooks.Notebook:
    """None stands for a cell of text."""
    made = [
        {"cell_type": "markdown", "source": "text"} if c is None else {"cell_type": "code", "source": c} for c in cells
    ]
    return notebooks.read(json.dumps({"cells": made, "nbformat": 4}))


def test_cells_are_one_program() -> None:
    assert notebook("a = 1", None, ["b = 2\n", "c = 3"]).text == "a = 1\nb = 2\nc = 3\n"


def test_a_range_is_given_in_its_cell() -> None:
    found = notebook("a = 1", None, ["b = 2\n", "c = 3"]).in_cell(Span(3, 1, 3, 6))
    assert found == Span(2, 1, 2, 6, cell=2)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1\n"),
        ("if True:\n    !pip install torch", "if True:\n    pass\n"),
        ("files = !ls", 'files = __ckpt_dropped__("files", 1)\n'),
        ("t = %timeit -o f()", 't = __ckpt_dropped__("t", 1)\n'),
        ("%%time\nx = 1", "pass\nx = 1\n"),
        ("%%bash\nls -l\npython train.py", "\n\n\n"),
        ("torch.load?", "pass\n"),
        ("x = a % b", "x = a % b\n"),
        ("s = '''\n% of\n'''", "s = '''\npass\n'''\n"),
    ],
)
def test_magics_are_masked_in_place(source: str, text: str) -> None:
    assert notebook(source).text == text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"worksheets": []}', "[" * 100_000])
def test_no_notebook(text: str) -> None:
    with pytest.raises(notebooks.NotANotebook):
        notebooks.read(text)
