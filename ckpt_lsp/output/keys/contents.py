"""A record as the tree of containers that its file is: state dicts, lists, objects, and what lies in them."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ckpt_lsp.worker.checkpoint.dtypes import ITEM_SIZES
from ckpt_lsp.worker.checkpoint.records import (
    Call,
    Cut,
    DictOf,
    Global,
    ListOf,
    Node,
    Record,
    Ref,
    SetOf,
    Storage,
    Tensor,
    TupleOf,
    Value,
)

DEEPEST = 64
"""Containers in containers, as far as they are followed."""
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class TensorEntry:
    """One tensor under one key."""

    facts: Tensor
    number: int
    """Its node in the record: two entries with the same number are one tensor."""
    storage: Storage | None = None

    @property
    def numel(self) -> int:
        return math.prod(self.facts.shape)

    @property
    def view(self) -> tuple[object, ...]:
        """Which elements of that memory: entries with the same view are one tensor under several names."""
        return (self.memory, self.facts.storage_offset, self.facts.shape, self.facts.stride)

    @property
    def bytes(self) -> int:
        """Of its elements, wherever they lie."""
        return self.numel * ITEM_SIZES.get(self.facts.dtype, 0)

    @property
    def memory(self) -> tuple[str, int]:
        """What its elements lie in: tensors with the same memory share it."""
        reference = self.facts.storage
        return ("storage", reference.number) if reference is not None else ("tensor", self.number)

    @property
    def memory_bytes(self) -> int:
        """Of the whole of that memory, which is what the file holds, however little of it the tensor shows."""
        if self.storage is None:
            return self.bytes
        return self.storage.numel * ITEM_SIZES.get(self.storage.dtype, 0)


@dataclass(frozen=True)
class PlainEntry:
    """Anything without tensors, in a few words: `7`, `list of 3`, `argparse.Namespace`."""

    text: str
    value: Value = None
    """Where it is a scalar."""


@dataclass(frozen=True)
class Container:
    """Something with tensors in it, or the whole of a file that has none."""

    kind: str
    """"dict", "list", "tuple", or the class of an object."""
    entries: tuple[tuple[Value, Entry], ...] = ()
    has_metadata: bool = False
    """Whether the dict carries `_metadata`, the versions of the modules that it was saved from."""

    is_module: bool = False
    """A pickled nn.Module, with the entries that its state dict has."""

    @property
    def is_state_dict(self) -> bool:
        """Tensors by name, whatever else may lie beside them."""
        tensors = [key for key, entry in self.entries if isinstance(entry, TensorEntry)]
        named = self.kind == "dict" and bool(tensors) and all(isinstance(key, str) for key in tensors)
        return named or self.is_module

    @property
    def is_optimizer(self) -> bool:
        return self.kind == "dict" and {"state", "param_groups"} <= {key for key, _ in self.entries}


Entry = TensorEntry | PlainEntry | Container
Path = tuple[Value, ...]


@dataclass(frozen=True)
class Contents:
    """What `keys` shows of one file."""

    name: str
    """As the user gave it."""
    record: Record = field(repr=False)
    root: Entry

    def tensors(self) -> Iterator[tuple[Path, TensorEntry]]:
        """Every key that leads to a tensor, in the order of the file."""
        return tensors_below(self.root)

    def state_dicts(self) -> dict[Path, dict[str, TensorEntry]]:
        """Where they lie, and their tensors by key."""
        return {path: _by_name(one) for path, one in _containers((), self.root) if one.is_state_dict}

    def weights(self) -> Iterator[TensorEntry]:
        """All tensors that do not belong to an optimizer."""
        return (entry for path, entry in self.tensors() if not self.of_optimizer(path))

    def of_optimizer(self, path: Path) -> bool:
        """Whether that is the path of something in an optimizer's state."""
        return any(path[: len(place)] == place for place in self.optimizers)

    @functools.cached_property
    def optimizers(self) -> frozenset[Path]:
        return frozenset(path for path, one in _containers((), self.root) if one.is_optimizer)


def contents(name: str, record: Record) -> Contents:
    """Nothing in the record is believed to be small, acyclic or printable."""
    return Contents(name, record, _Reading(record).entry(record.root, 0))


def _by_name(container: Container) -> dict[str, TensorEntry]:
    below = tensors_below(container) if container.is_module else (((key,), entry) for key, entry in container.entries)
    return {key: entry for (key, *_), entry in below if isinstance(key, str) and isinstance(entry, TensorEntry)}


def tensors_below(entry: Entry, path: Path = ()) -> Iterator[tuple[Path, TensorEntry]]:
    """A module's are named as in its state dict."""
    if isinstance(entry, TensorEntry):
        yield path, entry
    elif isinstance(entry, Container) and entry.is_module:
        yield from (((*path, name), tensor) for name, tensor in _of_module(entry, ""))
    elif isinstance(entry, Container):
        for key, child in entry.entries:
            yield from tensors_below(child, (*path, key))


def _of_module(module: Container, prefix: str) -> Iterator[tuple[str, TensorEntry]]:
    for key, entry in module.entries:
        name = prefix + (key if isinstance(key, str) else scalar(key))
        if isinstance(entry, TensorEntry):
            yield name, entry
        elif isinstance(entry, Container):
            yield from _of_module(entry, f"{name}.")


def _containers(path: Path, entry: Entry) -> Iterator[tuple[Path, Container]]:
    """Modules and optimizers are one thing each."""
    if isinstance(entry, Container):
        yield path, entry
        for key, child in entry.entries if not (entry.is_optimizer or entry.is_module) else ():
            yield from _containers((*path, key), child)


def totals(entries: Iterable[TensorEntry]) -> tuple[int, int, int]:
    """How many keys, elements and bytes; elements and bytes that are shared count once."""
    elements: dict[object, int] = {}
    memory: dict[object, int] = {}
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007
        elements[entry.view] = entry.numel
        memory[entry.memory] = entry.memory_bytes
    return count, sum(elements.values()), sum(memory.values())


class _Reading:
    """Each container is unfolded where it is met first; a shared one would take exponential time otherwise."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._seen: set[int] = set()

    def entry(self, value: Value, depth: int) -> Entry:
        node = self._record.node(value)
        if not isinstance(value, Ref) or node is None:
            return PlainEntry(scalar(value), value)
        if isinstance(node, Tensor):
            storage = self._record.node(node.storage)
            return TensorEntry(node, value.number, storage if isinstance(storage, Storage) else None)
        return self._container(value.number, node, depth)

    def _container(self, number: int, node: Node, depth: int) -> Entry:
        if number in self._seen:
            return PlainEntry(f"{self._kind(node)}, the same as above")
        self._seen.add(number)
        pairs = list(self._pairs(node))
        if depth >= DEEPEST:
            return PlainEntry(f"{self._summary(node, len(pairs))}, nested too deeply to be shown")
        entries = tuple((key, self.entry(value, depth + 1)) for key, value in pairs)
        if depth and all(isinstance(entry, PlainEntry) for _, entry in entries):
            return PlainEntry(self._summary(node, len(pairs)))
        has_metadata = isinstance(node, DictOf) and any(name == "_metadata" for name, _ in node.attributes)
        return Container(self._kind(node), entries, has_metadata, self._is_module(node))

    def _pairs(self, node: Node) -> Iterator[tuple[Value, Value]]:
        if isinstance(node, DictOf):
            yield from zip(node.keys, node.values, strict=True)
        elif isinstance(node, (ListOf, TupleOf)):
            yield from enumerate(node.items)
        elif isinstance(node, Call):
            yield from self._of_module(dict(self._state(node))) if self._is_module(node) else self._of_object(node)

    def _is_module(self, node: Node) -> bool:
        return isinstance(node, Call) and {"_parameters", "_modules"} <= {key for key, _ in self._state(node)}

    def _of_module(self, state: dict[Value, Value]) -> Iterator[tuple[Value, Value]]:
        """A pickled nn.Module shows what its state dict would."""
        skipped = self._record.node(state.get("_non_persistent_buffers_set"))
        names = skipped.items if isinstance(skipped, SetOf) else ()
        for part in ("_parameters", "_buffers", "_modules"):
            held = self._record.node(state.get(part))
            for key, value in self._pairs(held) if isinstance(held, DictOf) else ():
                if value is not None and not (part == "_buffers" and key in names):
                    yield key, value

    def _of_object(self, node: Call) -> Iterator[tuple[Value, Value]]:
        yield from enumerate((*node.args, *node.list_items))
        yield from zip(node.keys, node.values, strict=True)
        yield from self._state(node)

    def _state(self, node: Call) -> Iterator[tuple[Value, Value]]:
        """Its attributes, given as a dict or as a pair of dicts."""
        for state in node.states:
            given = self._record.node(state)
            parts = [self._record.node(item) for item in given.items] if isinstance(given, TupleOf) else [given]
            for part in parts:
                if isinstance(part, DictOf):
                    yield from self._pairs(part)

    def _summary(self, node: Node, size: int) -> str:
        if isinstance(node, Global):
            return node.name
        if isinstance(node, SetOf):
            return f"set of {len(node.items)}"
        return f"{self._kind(node)} of {size}" if not isinstance(node, Call) else self._kind(node)

    def _kind(self, node: Node) -> str:
        if isinstance(node, Call):
            made_by = self._record.node(node.function)
            return made_by.name if isinstance(made_by, Global) else "object"
        return {ListOf: "list", TupleOf: "tuple", DictOf: "dict", Storage: "storage"}.get(type(node), "object")


def scalar(value: Value) -> str:
    """As Python writes it, cut to a line."""
    if isinstance(value, Cut):
        return f"{value.kind} of {value.length} bytes"
    try:
        text = repr(value)
    except ValueError:  # an int with more digits than Python prints
        text = "int of many digits"
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
