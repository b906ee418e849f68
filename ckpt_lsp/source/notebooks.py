"""A notebook as one program: its code cells in order, what is no Python masked in place, lines mapped back to cells."""

from __future__ import annotations

import bisect
import json
import re
from dataclasses import dataclass, replace

from ..types import Span
from .tree import split_lines

_SHELL_CELLS = re.compile(r"^\s*%%(?!time\b|timeit\b|capture\b|prun\b)")
"""A cell in another language: `%%bash`, `%%writefile model.py`, `%%html`."""
_MAGIC_LINE = re.compile(r"^(\s*)([%!?]|\w[\w.]*\?\??\s*$)")
_MAGIC_VALUE = re.compile(r"^(\s*)(\w+)\s*=\s*[%!]")


class NotANotebook(Exception):
    """The file is no notebook; the message says why."""


@dataclass(frozen=True)
class Notebook:
    """`text` is the program; cell N of `cells` begins at its line `starts[i]` (1-based)."""

    text: str
    cells: tuple[int, ...]
    """Number of each code cell among all cells, 0-based."""
    starts: tuple[int, ...]

    def in_cell(self, span: Span) -> Span:
        """A range of the program as a range of the cell that it begins in."""
        position = bisect.bisect_right(self.starts, span.line) - 1
        offset = self.starts[position] - 1
        return replace(span, line=span.line - offset, end_line=span.end_line - offset, cell=self.cells[position])


def read(text: str) -> Notebook:
    """The program in the JSON text of a notebook.  Raises NotANotebook."""
    program: list[str] = []
    cells: list[int] = []
    starts: list[int] = []
    for number, cell in enumerate(_cells(text)):
        if cell.get("cell_type") != "code":
            continue
        cells.append(number)
        starts.append(len(program) + 1)
        program += _masked(_source(cell))
    return Notebook("".join(program), tuple(cells), tuple(starts))


def _cells(text: str) -> list[dict[str, object]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotANotebook(f"is no notebook: {error}") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("is no notebook of format 4: it has no list of cells")
    return [cell for cell in cells if isinstance(cell, dict)]


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _masked(source: str) -> list[str]:
    """The cell's lines, each with an end; what IPython alone understands becomes `pass` or an unknown value."""
    lines = split_lines(source if source.endswith("\n") else source + "\n")
    if lines and _SHELL_CELLS.match(lines[0]):
        return ["\n"] * len(lines)
    return [_masked_line(line, number) for number, line in enumerate(lines, 1)]


def _masked_line(line: str, number: int) -> str:
    value = _MAGIC_VALUE.match(line)
    if value:
        return f'{value.group(1)}{value.group(2)} = __ckpt_dropped__("{value.group(2)}", {number})\n'
    magic = _MAGIC_LINE.match(line)
    return f"{magic.group(1)}pass\n" if magic else line
