"""For people: what changed from one file to another, as a diff with keys grouped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from ckpt_lsp.diagnosis.keys import group
from ckpt_lsp.diagnosis.renamings import Add, Renaming, Replace, Strip, Unwrap, Wrap
from ckpt_lsp.output.excerpt import printable
from ckpt_lsp.output.keys.contents import Contents, Path, TensorEntry, scalar
from ckpt_lsp.output.keys.difference import Changed, Comparison, Difference, Renamed, Tensors
from ckpt_lsp.output.keys.numbers import plural

_THEME = Theme({"name": "bold", "removed": "red", "added": "green", "changed": "yellow", "quiet": "dim"})


def write(first: Contents, second: Contents, comparison: Comparison) -> None:
    out = Console(theme=_THEME, highlight=False, file=sys.stdout)
    for line in lines(first, second, comparison):
        line.rstrip()
        out.print(line, soft_wrap=True)


def lines(first: Contents, second: Contents, comparison: Comparison) -> Iterator[Text]:
    """Values are not compared, and it says so where all else is equal."""
    for difference in comparison.differences:
        yield Text.assemble(("--- ", "removed"), _place(first, difference.first_path))
        yield Text.assemble(("+++ ", "added"), _place(second, difference.second_path))
        yield from _difference(difference)
    yield from (Text.assemble(("- ", "removed"), _place(first, path)) for path in comparison.only_first)
    yield from (Text.assemble(("+ ", "added"), _place(second, path)) for path in comparison.only_second)
    if not comparison.differences:
        yield Text("neither holds a state dict that the other's could be compared with")


def _place(contents: Contents, path: Path) -> Text:
    return Text(printable(contents.name) + "".join(f"[{printable(scalar(part))}]" for part in path), "name")


def _difference(difference: Difference) -> Iterator[Text]:
    for renamed in difference.renamed:
        yield from _renamed(renamed)
    yield from _changed("~ ", difference.resized, _shapes)
    yield from _changed("~ ", difference.retyped, _dtypes)
    yield from _keys("- ", "removed", difference.removed)
    yield from _keys("+ ", "added", difference.added)
    same = plural(difference.same, "key")
    if difference.empty:
        yield Text(f"{same}, each with the same shape and dtype; values were not compared", "quiet")
    elif difference.same:
        yield Text(f"  {same} unchanged", "quiet")


def _renamed(renamed: Renamed) -> Iterator[Text]:
    yield Text(f"~ {plural(len(renamed.pairs), 'key')} renamed: {says(renamed.renaming)}", "changed")


def says(renaming: Renaming) -> str:
    """What a renaming does, as a clause."""
    if isinstance(renaming, Strip):
        return f"{_key(renaming.prefix)} stripped"
    if isinstance(renaming, Add):
        return f"{_key(renaming.prefix)} put in front"
    if isinstance(renaming, Replace):
        return f"{_key(renaming.old)} is now {_key(renaming.new)}"
    if isinstance(renaming, (Wrap, Unwrap)):
        wrappers = ", ".join(f"{_key(wrapper)}" for wrapper in renaming.wrappers)
        return f"{wrappers} {'put in' if isinstance(renaming, Wrap) else 'taken out'}"
    return "new names"


def _key(text: str) -> str:
    return f"`{printable(text)}`"


def _changed(mark: str, changes: Iterable[Changed], describe: Callable[[Changed], str]) -> Iterator[Text]:
    """Grouped by what became of them."""
    alike: dict[str, list[str]] = {}
    for change in changes:
        alike.setdefault(describe(change), []).append(change.key)
    for what, keys in alike.items():
        yield from (Text(f"{mark}{term}  {what}", "changed") for term in group(keys))


def _shapes(change: Changed) -> str:
    return f"{_shape(change.first)} → {_shape(change.second)}"


def _dtypes(change: Changed) -> str:
    return f"{printable(change.first.facts.dtype)} → {printable(change.second.facts.dtype)}"


def _shape(entry: TensorEntry) -> str:
    return "[" + ", ".join(map(str, entry.facts.shape)) + "]"


def _keys(mark: str, style: str, entries: Tensors) -> Iterator[Text]:
    """Keys of one shape together."""
    alike: dict[str, list[str]] = {}
    for key, entry in entries.items():
        alike.setdefault(_shape(entry), []).append(key)
    for shape, keys in alike.items():
        yield from (Text(f"{mark}{term}  {shape}", style) for term in group(keys))
