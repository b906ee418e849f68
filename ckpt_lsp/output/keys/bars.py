"""Where the weights of a checkpoint are: its modules as bars, the big ones taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ckpt_lsp.output.keys.rows import Row

MOST = 16
_ENOUGH, _SMALL = 6, 1 / 8
"""Modules are taken apart, the largest first, until there are so many, or what is left is smaller than this share."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


@dataclass(frozen=True)
class Bar:
    label: str
    elements: int
    share: float
    """Of all elements, 0 to 1."""


@dataclass(frozen=True)
class _Part:
    label: str
    row: Row
    elements: int


def bars(rows: Sequence[Row]) -> tuple[Bar, ...]:
    """In the order of the file; empty where there is nothing to compare."""
    parts = _Dissection(rows).parts
    total = sum(part.elements for part in parts)
    if len(parts) < 2:
        return ()
    return tuple(Bar(part.label, part.elements, part.elements / total) for part in _cut(parts))


def block(share: float, width: int) -> str:
    """A bar of `share` times `width` cells, to an eighth of a cell; something wherever there is something."""
    eighths = max(1, round(share * width * 8)) if share else 0
    return (_FULL * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


class _Dissection:
    def __init__(self, rows: Sequence[Row]) -> None:
        self._owners: dict[object, int] = {}
        """View → the entry that it counts for: tied weights belong to the module that has them first."""
        for tensor in (tensor for row in rows for tensor in row.tensors):
            self._owners.setdefault(tensor.view, id(tensor))
        self.parts = self._below("", rows)
        while len(self.parts) == 1 and self.parts[0].row.closed and self.parts[0].row.children:
            self.parts = self._below("", self.parts[0].row.children)
        while (largest := self._to_take_apart()) is not None:
            at = self.parts.index(largest)
            before = f"{largest.label} " if largest.row.closed else f"{largest.label}."
            self.parts[at : at + 1] = self._below(before, largest.row.children)

    def _below(self, before: str, rows: Iterable[Row]) -> list[_Part]:
        found = [_Part(before + _module(row), row, self._elements(row)) for row in rows if not _is_optimizer(row)]
        return [part for part in found if part.elements]

    def _elements(self, row: Row) -> int:
        return sum(tensor.numel for tensor in row.tensors if self._owners[tensor.view] == id(tensor))

    def _to_take_apart(self) -> _Part | None:
        """The largest that holds modules."""
        able = [part for part in self.parts if any(_is_module(child) for child in part.row.children)]
        able = [part for part in able if len(self.parts) + len(part.row.children) - 1 <= MOST]
        largest = max(able, key=lambda part: part.elements, default=None)
        total = sum(part.elements for part in self.parts)
        if largest is None or len(self.parts) >= _ENOUGH or largest.elements < _SMALL * total:
            return None
        return largest


def _is_optimizer(row: Row) -> bool:
    return row.closed and not row.leaf and not row.children


def _is_module(row: Row) -> bool:
    return bool(row.children) or _module(row) != row.label


def _module(row: Row) -> str:
    """Without the tensor's own name: `fc` for `fc.weight`."""
    return (row.label.rpartition(".")[0] if row.leaf and not row.closed else "") or row.label


def _cut(parts: list[_Part]) -> list[_Part]:
    """The largest, in their order, and what is left as one."""
    if len(parts) <= MOST:
        return parts
    small = sorted(range(len(parts)), key=lambda at: -parts[at].elements)[MOST - 1 :]
    left = sum(parts[at].elements for at in small)
    shown = [part for at, part in enumerate(parts) if at not in set(small)]
    return [*shown, _Part(f"{len(small)} others", parts[small[0]].row, left)]
