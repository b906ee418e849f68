"""A checkpoint's keys folded for the eye: by module, and like modules into one row, `layers.{0–11}`.

Nothing is lost by it: written out, the labels of the rows give the keys that went in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ckpt_lsp.diagnosis.keys import escape, group
from ckpt_lsp.output.excerpt import printable
from ckpt_lsp.output.keys.contents import Container, Contents, Entry, PlainEntry, TensorEntry, scalar, tensors_below
from ckpt_lsp.output.keys.numbers import size
from ckpt_lsp.worker.checkpoint.records import Value

_DEEPEST, _NESTED = 40, 3
"""Segments of one key that are unfolded, in state dicts that lie in so many others."""
_MOST_VALUES = 24
"""Of plain values beside each other."""


@dataclass(frozen=True)
class Row:
    """One line of the tree."""

    label: str
    tensors: tuple[TensorEntry, ...] = ()
    """All that lie here and below; what the row stands for several times over is in it each time."""
    children: tuple[Row, ...] = ()
    text: str = ""
    """What is there, where it is no tensor, or what is remarkable about it."""
    leaf: bool = False
    """The tensors are all of one shape and dtype, and lie right here."""
    closed: bool = False
    """Not one of the model's modules: a container, an optimizer, a value."""


@dataclass
class _Branch:
    """A module while its rows are made."""

    leaves: list[Entry] = field(default_factory=list)
    below: dict[str, _Branch] = field(default_factory=dict)


Signature = int


@dataclass(frozen=True)
class _Named:
    """A row before its likes are folded into it."""

    name: str
    row: Row
    signature: Signature


def rows(contents: Contents) -> tuple[Row, ...]:
    """The top rows of the tree."""
    return _Folding(contents).top(contents.root)


class _Folding:
    def __init__(self, contents: Contents) -> None:
        self._signatures: dict[object, Signature] = {}
        self._owners: dict[tuple[str, int], tuple[int, str]] = {}
        self._level = 0
        for path, entry in contents.tensors():
            self._owners.setdefault(entry.memory, (id(entry), path_label(path)))

    def top(self, root: Entry) -> tuple[Row, ...]:
        if isinstance(root, Container):
            return self._container(root)
        return (self._leaf("", root).row,)

    def _container(self, container: Container) -> tuple[Row, ...]:
        if not container.is_state_dict:
            return self._items(container)
        self._level += 1
        try:
            return self._module(container)
        finally:
            self._level -= 1

    def _items(self, container: Container) -> tuple[Row, ...]:
        values = [(key, entry) for key, entry in container.entries if isinstance(entry, PlainEntry)]
        hidden = {key for key, _ in values[_MOST_VALUES:]}
        shown = [self._item(key, entry) for key, entry in container.entries if key not in hidden]
        more = [Row(f"… {len(hidden)} more values", closed=True)] if hidden else []
        return (*self._folded(shown), *more)

    def _item(self, key: Value, entry: Entry) -> _Named:
        """Of a dict or list that is no state dict: its key as one would write it to get there."""
        named = self._leaf(f"[{scalar(key)}]", entry)
        return replace(named, row=replace(named.row, label=named.name, closed=True))

    def _module(self, container: Container) -> tuple[Row, ...]:
        root = _Branch()
        for key, entry in container.entries:
            if container.is_module and isinstance(entry, PlainEntry):
                continue  # a module without tensors, such as Dropout
            branch = root
            for segment in self._segments(key):
                branch = branch.below.setdefault(segment, _Branch())
            branch.leaves.append(entry)
        return self._below(root)

    def _segments(self, key: Value) -> list[str]:
        """Names of modules and, last, of the tensor."""
        if not isinstance(key, str):
            return [scalar(key)]
        parts = key.split(".")
        return parts if len(parts) <= _DEEPEST and self._level <= _NESTED else [key]

    def _below(self, branch: _Branch) -> tuple[Row, ...]:
        named = []
        for name, child in branch.below.items():
            named += [self._leaf(name, entry) for entry in child.leaves]
            if child.below:
                named.append(self._of(name, self._below(child)))
        return self._folded(named)

    def _leaf(self, name: str, entry: Entry) -> _Named:
        if isinstance(entry, PlainEntry):
            return self._named(name, Row("", text=printable(entry.text), closed=True), object())
        if isinstance(entry, TensorEntry):
            note = self._note(entry)
            look = (entry.facts.dtype, entry.facts.shape, note)
            return self._named(name, Row("", (entry,), text=note, leaf=True), look)
        if entry.is_optimizer:
            return self._optimizer(name, entry)
        kind = "" if entry.kind == "dict" else printable(entry.kind.rpartition(".")[2])
        return self._of(name, self._container(entry), kind, closed=not entry.is_module)

    def _optimizer(self, name: str, entry: Container) -> _Named:
        tensors = tuple(tensor for _, tensor in tensors_below(entry))
        state = dict(entry.entries).get("state")
        count = len(state.entries) if isinstance(state, Container) else 0
        return self._named(
            name, Row("", tensors, text=f"optimizer, state of {count} parameters", closed=True), object()
        )

    def _of(self, name: str, below: tuple[Row, ...], text: str = "", closed: bool = False) -> _Named:
        tensors = tuple(tensor for row in below for tensor in row.tensors)
        row = Row("", tensors, below, text, closed=closed)
        return self._named(name, row, (text, tuple(_look(child) for child in below)))

    def _named(self, name: str, row: Row, look: object) -> _Named:
        return _Named(name, row, self._signatures.setdefault(look, len(self._signatures)))

    def _note(self, entry: TensorEntry) -> str:
        facts, notes = entry.facts, []
        owner, label = self._owners[entry.memory]
        if owner != id(entry):
            notes.append(f"shares memory with {label}")
        elif entry.memory_bytes > entry.bytes > 0 and facts.layout == "strided":
            notes.append(f"a view: {size(entry.bytes)} of the {size(entry.memory_bytes)} that are stored")
        notes += [facts.layout] if facts.layout != "strided" else []
        notes += [printable(facts.subclass)] if facts.subclass else []
        return ", ".join(notes)

    def _folded(self, named: Iterable[_Named]) -> tuple[Row, ...]:
        alike: dict[Signature, list[_Named]] = {}
        for one in named:
            alike.setdefault(one.signature, []).append(one)
        return tuple(_joined(ones) for ones in alike.values())


def _look(row: Row) -> object:
    """What must be alike for two rows to be folded into one."""
    first = row.tensors[0].facts if row.leaf else None
    mine = (first.dtype, first.shape, len(row.tensors)) if first else None
    return (row.label, mine, row.text, tuple(_look(child) for child in row.children))


def _joined(alike: Sequence[_Named]) -> Row:
    """One row for all; a module with one child becomes that child, `fc.weight`."""
    rows = [one.row for one in alike]
    first = rows[0]
    label = first.label or "".join(group(one.name for one in alike))
    row = _merged(label, rows)
    if len(row.children) == 1 and not row.closed and not row.text:
        (child,) = row.children
        return replace(child, label=f"{label}.{child.label}")
    return row


def _merged(label: str, rows: Sequence[Row]) -> Row:
    """Rows of one look as one, their children likewise."""
    first = rows[0]
    tensors = tuple(tensor for row in rows for tensor in row.tensors)
    below = zip(*(row.children for row in rows), strict=True)
    children = tuple(_merged(children[0].label, children) for children in below)
    return Row(label, tensors, children, first.text, first.leaf, first.closed)


def path_label(path: Sequence[Value]) -> str:
    """`["model"]["fc.weight"]`, with the last part bare where it is a name."""
    *containers, last = path or ("",)
    name = ".".join(map(escape, last.split("."))) if isinstance(last, str) else f"[{scalar(last)}]"
    way = "".join(f"[{scalar(part)}]" for part in containers)
    return f"{way} {name}" if way and isinstance(last, str) else way + name
