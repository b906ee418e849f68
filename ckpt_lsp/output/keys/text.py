"""For people: how much there is, where it is, and the tree of keys; or what changed between two files.

Colour belongs to a terminal; piped, the text is plain and depends on nothing but the files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from ckpt_lsp.output.excerpt import printable
from ckpt_lsp.output.keys import bars
from ckpt_lsp.output.keys.contents import Contents, TensorEntry, totals
from ckpt_lsp.output.keys.numbers import amount, plural, size
from ckpt_lsp.output.keys.rows import Row, rows

THEME = Theme(
    {
        "name": "bold",
        "key": "default",
        "module": "cyan",
        "guide": "dim",
        "quiet": "dim",
        "bar": "green",
        "dtype": "blue",
    }
)
_BAR = 32
_NUMBERS = 18
"""Cells right of a bar."""
_WIDE = 60
"""Cells for the names of the tree, if they need as many."""
_COLUMNS = 56
"""Cells right of them."""
_KNOWN = ("torch.", "collections.", "builtins.", "_codecs.")
_MOST_GLOBALS = 12


def write(contents: Contents) -> None:
    out = Console(theme=THEME, highlight=False, file=sys.stdout)
    width = out.width if out.is_terminal else None
    for line in lines(contents, width):
        line.rstrip()
        out.print(line, soft_wrap=True)


def lines(contents: Contents, width: int | None = None) -> Iterator[Text]:
    """Columns are laid out for a terminal of `width` cells, and as wide as they like for None; nothing is cut."""
    tree = rows(contents)
    yield from _head(contents)
    found = bars.bars(tree)
    if found:
        yield Text()
        yield from _picture(found, width)
    yield Text()
    yield from _table([line for row in tree for line in _tree(row, "", "")], width)


# -- what it is -----------------------------------------------------------------------------------------------


def _head(contents: Contents) -> Iterator[Text]:
    record = contents.record
    yield Text.assemble((printable(contents.name), "name"), f"  {printable(record.format)}")
    yield Text(_amounts("", contents.weights(), "parameters and buffers"))
    if contents.optimizers:
        held = (tensor for path, tensor in contents.tensors() if contents.of_optimizer(path))
        yield Text(_amounts("optimizer: ", held, "elements"), "quiet")
    yield from (Text(f"{printable(name)}: {printable(value)}", "quiet") for name, value in record.metadata)
    if record.files:
        yield Text(f"in {plural(len(record.files), 'file')}: {_listed(record.files)}", "quiet")
    foreign = [name for name in record.globals if not name.startswith(_KNOWN)]
    if foreign:
        yield Text(f"a full unpickle would import {_listed(foreign)}", "quiet")


def _amounts(before: str, tensors: Iterable[TensorEntry], of: str) -> str:
    count, elements, memory = totals(tensors)
    return f"{before}{plural(count, 'tensor')}, {amount(elements)} {of}, {size(memory)}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(printable(name) for name in names[:_MOST_GLOBALS])
    return shown if len(names) <= _MOST_GLOBALS else f"{shown} and {len(names) - _MOST_GLOBALS} more"


# -- where the weights are ------------------------------------------------------------------------------------


def _picture(found: Sequence[bars.Bar], width: int | None) -> Iterator[Text]:
    """The longest bar fills its column."""
    name = max(cell_len(bar.label) for bar in found)
    room = _BAR if width is None else max(_BAR // 2, min(2 * _BAR, width - name - _NUMBERS))
    most = max(bar.share for bar in found)
    for bar in found:
        drawn = bars.block(bar.share / most, room)
        number = f"{amount(bar.elements):>8}{bar.share:>7.1%}"
        label = bar.label + " " * (name - cell_len(bar.label))
        yield Text.assemble((label, "module"), "  ", (f"{drawn:<{room}}", "bar"), number)


# -- the tree -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """A line of the tree, its columns not yet aligned."""

    guide: str
    label: str
    style: str
    dtype: str = ""
    shape: str = ""
    elements: str = ""
    bytes: str = ""
    text: str = ""


def _tree(row: Row, guide: str, below: str) -> Iterator[_Line]:
    yield _line(row, guide)
    last = len(row.children) - 1
    for number, child in enumerate(row.children):
        mark, further = ("└── ", "    ") if number == last else ("├── ", "│   ")
        yield from _tree(child, below + mark, below + further)


def _line(row: Row, guide: str) -> _Line:
    if not row.tensors:
        return _Line(guide, row.label, "key", text=row.text)
    _, elements, memory = totals(row.tensors)
    if not row.leaf:
        return _Line(guide, row.label, "module", "", "", amount(elements), size(memory), row.text)
    facts = row.tensors[0].facts
    times = f"{len(row.tensors)} × " if len(row.tensors) > 1 else ""
    shape = times + "[" + ", ".join(map(str, facts.shape)) + "]"
    return _Line(guide, row.label, "key", printable(facts.dtype), shape, amount(elements), size(memory), row.text)


def _table(found: Sequence[_Line], width: int | None) -> Iterator[Text]:
    """Columns as wide as their widest cell; the first has an end, so that one long key does no harm."""
    most = _WIDE if width is None else max(_WIDE // 2, min(_WIDE, width - _COLUMNS))
    name = min(most, max((cell_len(line.guide + line.label) for line in found), default=0))
    columns = [max((len(getattr(line, field)) for line in found), default=0) for field in ("dtype", "shape")]
    for line in found:
        gap = " " * max(0, name - cell_len(line.guide + line.label))
        if not line.elements:
            yield Text.assemble((line.guide, "guide"), (line.label, line.style), gap, f"  {line.text}")
            continue
        cells = f"  {line.shape:<{columns[1]}}  {line.elements:>8}  {line.bytes:>8}"
        head = Text.assemble((line.guide, "guide"), (line.label, line.style), gap)
        yield Text.assemble(head, (f"  {line.dtype:<{columns[0]}}", "dtype"), cells, (f"  {line.text}", "quiet"))
