"""A lock as text: a block for each checkpoint, a line for each group of like keys, always in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from ckpt_lsp.worker.checkpoint.records import DictOf, Global, ListOf, Node, Record, Ref, Tensor, TupleOf, Value

from .entries import Entry, Lock
from .fold import Folded, Part, fold, label, part
from .reduce import UNRECORDED, WORD

HEAD = """\
# What load sites need to know of checkpoints: written by `ckpt-lsp lock`, to be committed.
version: 1
"""
METADATA = "@metadata"
_LONGEST_KEY, _NESTED = 40, 4
"""Segments of a key that become lines of their own, in containers that lie in so many others."""


def write(lock: Lock) -> str:
    return HEAD + "".join(f"\n{line}\n" if line.startswith("[") else f"{line}\n" for line in _blocks(lock))


def _blocks(lock: Lock) -> Iterator[str]:
    for entry in sorted(lock.entries, key=lambda entry: entry.path):
        yield from _block(entry)
    for folder in sorted(lock.folders, key=lambda folder: folder.path):
        yield f"[{json.dumps(folder.path)[1:-1]}/]"
        yield f"holds: {' '.join(map(_word, folder.names))}"


def _block(entry: Entry) -> Iterator[str]:
    record = entry.record
    yield f"[{json.dumps(entry.path)[1:-1]}]"
    yield f"format: {json.dumps(record.format)}"
    for name, values in (("globals", record.globals), ("calls", record.calls), ("files", record.files)):
        if values:
            yield f"{name}: {' '.join(map(_word, values))}"
    yield from _lines((Folded(("root",), _Looks(record).of(record.root)),), 0)


def _word(name: str) -> str:
    return name if all(WORD.fullmatch(one) for one in name.split(".")) else json.dumps(name)


class _Container:
    """A look that is like no other."""

    def __init__(self, kind: str, below: tuple[Folded, ...]) -> None:
        self.kind = kind
        self.below = below


class _Looks:
    def __init__(self, record: Record) -> None:
        self._record = record
        self._depth = 0
        self._names: dict[int, str] = {}
        self._shared = _shared(record)

    def of(self, value: Value) -> object:
        node = self._record.node(value)
        if not isinstance(value, Ref) or node is None:
            return "unrecorded" if value == UNRECORDED else f"= {json.dumps(value)}"
        if isinstance(node, Tensor):
            return _tensor(node)
        if value.number in self._names:
            return f"*{self._names[value.number]}"
        mark = ""
        if value.number in self._shared:
            self._names[value.number] = str(len(self._names) + 1)
            mark = f" &{self._names[value.number]}"
        self._depth += 1
        below = tuple(self._below(node))
        self._depth -= 1
        return _Container(self._kind(node) + mark, below)

    def _kind(self, node: Node) -> str:
        if isinstance(node, DictOf):
            factory = self._record.node(node.factory)
            return node.kind.rpartition(".")[2] + (f" {factory.name}" if isinstance(factory, Global) else "")
        return "list" if isinstance(node, ListOf) else "tuple"

    def _below(self, node: Node) -> Iterable[Folded]:
        if isinstance(node, (ListOf, TupleOf)):
            return [Folded(("-",), self.of(item)) for item in node.items]
        assert isinstance(node, DictOf)
        looks = [(key, self.of(value)) for key, value in zip(node.keys, node.values, strict=True)]
        entries = fold([(self._parts(key, look), look) for key, look in looks])
        return [*entries, *self._metadata(dict(node.attributes).get("_metadata"))]

    def _parts(self, key: Value, look: object) -> tuple[Part, ...]:
        if not isinstance(key, str):
            return (f"({json.dumps(key)})",)
        segments = key.split(".")
        if isinstance(look, _Container) or len(segments) > _LONGEST_KEY or self._depth > _NESTED:
            return (part(key),)
        return tuple(map(part, segments))

    def _metadata(self, value: Value) -> Iterator[Folded]:
        node = self._record.node(value)
        if isinstance(node, DictOf):
            pairs = zip(node.keys, node.values, strict=True)
            looks = [(key, self._versions(inner)) for key, inner in pairs]
            yield Folded((METADATA,), None, fold([(self._parts(key, look), look) for key, look in looks]))

    def _versions(self, value: Value) -> str:
        return json.dumps(self._version(value))

    def _version(self, value: Value) -> object:
        node = self._record.node(value)
        if not isinstance(node, DictOf):
            return "unrecorded" if value == UNRECORDED else value
        return {key: self._version(one) for key, one in zip(node.keys, node.values, strict=True)}


def _shared(record: Record) -> set[int]:
    """Containers that lie in more than one place."""
    seen: set[int] = set()
    twice: set[int] = set()
    held = [value for node in record.nodes for value in _held(node)]
    for value in (record.root, *held):
        if isinstance(value, Ref):
            (twice if value.number in seen else seen).add(value.number)
    return twice


def _held(node: Node) -> Sequence[Value]:
    return node.values if isinstance(node, DictOf) else node.items if isinstance(node, (ListOf, TupleOf)) else ()


def _tensor(node: Tensor) -> str:
    words = [node.dtype, json.dumps(node.shape)]
    words += [f"stride {json.dumps(node.stride)}"] if node.stride else []
    words += [("parameter" if node.requires_grad else "frozen parameter")] if node.is_parameter else []
    words += [f"layout {node.layout}"] if node.layout != "strided" else []
    words += [f"subclass {json.dumps(node.subclass)}"] if node.subclass is not None else []
    return " ".join(words)


def _lines(items: Iterable[Folded], indent: int) -> Iterator[str]:
    for item in items:
        name = label(item.names)
        while item.look is None and len(item.below) == 1 and name != METADATA:
            (item,) = item.below
            name += f".{label(item.names)}"
        container = item.look if isinstance(item.look, _Container) else None
        look = container.kind if container else item.look
        below = container.below if container else item.below
        yield "  " * indent + (f"{name}: {look}" if look is not None else f"{name}:")
        yield from _lines(below, indent + 1)
