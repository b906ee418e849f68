"""What an inert reader knows of one checkpoint: plain, frozen, serialisable data.

A record is a table of nodes.  A `Value` is either a plain scalar or a `Ref` into the table, so what was one object
in the file is one node here, however often it is reached; a container may contain itself, and depth costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterator, NamedTuple, Optional, Tuple, Type, Union


class Ref(NamedTuple):
    """A reference to `Record.nodes[number]`."""

    number: int


@dataclass(frozen=True)
class Cut:
    """A scalar too long to keep."""

    kind: str
    """"str", "bytes" or "int"."""
    head: Union[str, bytes]
    """How it begins; b"" for an int."""
    length: int
    """Of the whole, in bytes (UTF-8 for str)."""


Value = Union[None, bool, int, float, str, bytes, Cut, Ref]
Items = Tuple[Value, ...]
Attributes = Tuple[Tuple[str, Value], ...]


@dataclass(frozen=True)
class ListOf:
    items: Items


@dataclass(frozen=True)
class TupleOf:
    items: Items


@dataclass(frozen=True)
class SetOf:
    items: Items
    frozen: bool = False


@dataclass(frozen=True)
class DictOf:
    """A dict or one of its well-known relatives; `keys[i]` belongs to `values[i]`, in order."""

    keys: Items
    values: Items
    kind: str = "builtins.dict"
    """Or "collections.OrderedDict", "collections.defaultdict", "collections.Counter"."""
    factory: Value = None
    """Of a defaultdict."""
    attributes: Attributes = ()
    """Set on the object itself, above all `_metadata` of a state dict."""


@dataclass(frozen=True)
class Storage:
    """The memory behind tensors; those that share one, share a node."""

    key: str
    dtype: str
    """"uint8" where the storage is untyped."""
    numel: int
    location: str
    """The device it was saved from: "cpu", "cuda:0"."""


@dataclass(frozen=True)
class Tensor:
    dtype: str
    """As torch prints it, without "torch.": "float32"."""
    shape: Tuple[int, ...]
    stride: Tuple[int, ...] = ()
    storage_offset: int = 0
    storage: Optional[Ref] = None
    """None where the tensor has memory of its own, or none at all."""
    requires_grad: bool = False
    is_parameter: bool = False
    layout: str = "strided"
    """Or "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "quantized", "nested", "meta"."""
    subclass: Optional[str] = None
    """Qualified name of the class, where that is neither Tensor nor Parameter."""
    conj: bool = False
    neg: bool = False
    parts: Items = ()
    """What a layout other than "strided" is made of: indices and values, or the quantizer's parameters."""
    attributes: Attributes = ()
    """Python attributes set on the tensor."""

    @property
    def expanded(self) -> bool:
        """Several elements lie in one place, so torch refuses to copy into it."""
        return any(step == 0 and size > 1 for size, step in zip(self.shape, self.stride))


@dataclass(frozen=True)
class Global:
    """Something that a full unpickle would import: a class or a function, by its dotted name."""

    name: str
    module: str


@dataclass(frozen=True)
class Call:
    """An object that a full unpickle would make by calling `function`."""

    function: Value
    args: Items = ()
    keyword_names: Tuple[str, ...] = ()
    keyword_values: Items = ()
    how: str = "call"
    """"call": function(*args); "new": function.__new__(function, *args, **keywords)."""
    states: Items = ()
    """Handed to `__setstate__`, or put into `__dict__`, one after the other."""
    list_items: Items = ()
    """Appended afterwards."""
    keys: Items = ()
    values: Items = ()
    """Set afterwards: obj[keys[i]] = values[i]."""


Node = Union[ListOf, TupleOf, SetOf, DictOf, Storage, Tensor, Global, Call]
KINDS: Dict[str, Type[Node]] = {
    "list": ListOf,
    "tuple": TupleOf,
    "set": SetOf,
    "dict": DictOf,
    "storage": Storage,
    "tensor": Tensor,
    "global": Global,
    "call": Call,
}


@dataclass(frozen=True)
class Record:
    """One checkpoint."""

    format: str
    """"torch zip", "torch legacy", "torch tar", "torchscript", "safetensors", "sharded", "distributed"."""
    root: Value
    """For "torchscript" the module's state dict; for all others what loading the file returns."""
    nodes: Tuple[Node, ...]
    globals: Tuple[str, ...] = ()
    """Dotted names of all that a full unpickle would import, in the order of first sight."""
    calls: Tuple[str, ...] = ()
    """Those of them that it would call."""
    metadata: Tuple[Tuple[str, str], ...] = ()
    """Of a safetensors file."""
    files: Tuple[str, ...] = ()
    """The further files that a sharded or distributed checkpoint consists of, by base name."""

    def to_plain(self) -> Dict[str, Any]:
        """As JSON values, without loss."""
        from .plain import to_plain

        return to_plain(self)

    @staticmethod
    def from_plain(plain: Any) -> Record:
        """Raises CheckpointError where `plain` is no record."""
        from .plain import from_plain

        return from_plain(plain)

    def node(self, value: Value) -> Optional[Node]:
        """The node that a value refers to; None for a scalar."""
        return self.nodes[value.number] if isinstance(value, Ref) else None

    def tensors(self) -> Iterator[Tuple[Tuple[Value, ...], Tensor]]:
        """Every tensor once, with one path to it: keys of dicts, indices of lists and tuples, names of attributes."""
        seen = set()
        trail: list[Tuple[int, Value]] = []
        todo: list[Tuple[Value, int]] = [(self.root, -1)]
        while todo:
            value, place = todo.pop()
            if not isinstance(value, Ref) or value in seen:
                continue
            seen.add(value)
            node = self.nodes[value.number]
            if isinstance(node, Tensor):
                yield _path(trail, place), node
            children = []
            for key, child in self._entries(node):
                children.append((child, len(trail)))
                trail.append((place, key))
            todo.extend(reversed(children))

    def _entries(self, node: Node) -> Iterator[Tuple[Value, Value]]:
        if isinstance(node, DictOf):
            yield from zip(node.keys, node.values)
        elif isinstance(node, (ListOf, TupleOf)):
            yield from enumerate(node.items)
        elif isinstance(node, Call):
            yield from enumerate(node.args)
            yield from enumerate(node.list_items)
            yield from zip(node.keys, node.values)
            for state in node.states:
                yield from self._attributes(state)

    def _attributes(self, state: Value) -> Iterator[Tuple[Value, Value]]:
        """Of an object that was given this state: a dict, or a pair of dicts."""
        node = self.node(state)
        if isinstance(node, TupleOf):
            for item in node.items:
                part = self.node(item)
                yield from self._entries(part) if isinstance(part, DictOf) else ()
        elif node is not None:
            yield from self._entries(node)


def _path(trail: list[Tuple[int, Value]], place: int) -> Tuple[Value, ...]:
    """The keys from the root; kept as links, since a path of its own for each node of a deep list is quadratic."""
    keys = []
    while place >= 0:
        place, key = trail[place]
        keys.append(key)
    return tuple(reversed(keys))
