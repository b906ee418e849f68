"""A record without all that no verdict depends on: storages, devices, objects, and plain values that nobody read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath, PureWindowsPath

from ckpt_lsp.worker.checkpoint.records import Cut, DictOf, Global, ListOf, Node, Record, Ref, Tensor, TupleOf, Value

UNRECORDED = Cut("str", "", 0)
"""In place of what is not kept: using it makes a call unresolved, never wrong."""

DICTS = ("builtins.dict", "collections.OrderedDict", "collections.Counter", "collections.defaultdict")
WORD = re.compile(r"[A-Za-z0-9_]+")
_DEEPEST = 32
_LARGEST = 1 << 63
_OPTIMIZER = {"state", "param_groups"}

Path = tuple[Value, ...]


def reduced(record: Record, read: Collection[Path] = ()) -> Record:
    """With nodes in the order in which the tree comes to them; what is reduced already stays as it is.

    A value that is read counts with all below it; of a container below which only `UNRECORDED` is read there are the
    keys.  That something is None is always kept: programs ask for it in a way that no unknown value can answer."""
    work = _Reducer(record, read)
    root = work.value(record.root, (), 0)
    names = [tuple(map(_text, given)) for given in (record.globals, record.calls, record.files)]
    return Record(record.format, root, tuple(work.table.nodes), names[0], names[1], (), names[2])


def recorded(record: Record) -> frozenset[Path]:
    """What has to be read of the same file for it to be reduced to this record."""
    found: set[Path] = set()
    seen: set[int] = set()
    todo: list[tuple[Value, Path]] = [(record.root, ())]
    while todo:
        value, path = todo.pop()
        node = record.node(value)
        if not isinstance(value, Ref):
            found |= {path} if value != UNRECORDED else set()
        elif value.number not in seen:
            seen.add(value.number)
            found |= {(*path, UNRECORDED)} if path and not isinstance(node, Tensor) else set()
            todo += reversed([(one, (*path, key)) for key, one in held(node)])
    return frozenset(found)


def held(node: Node | None) -> Iterator[tuple[Value, Value]]:
    """What a container holds, by key or position."""
    if isinstance(node, DictOf):
        yield from zip(node.keys, node.values, strict=True)
    elif isinstance(node, (ListOf, TupleOf)):
        yield from enumerate(node.items)


class Table:
    """The nodes of a record to be, numbered from the root on."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def reserve(self) -> int:
        """A number for a container, to be put there once it is filled."""
        self.nodes.append(ListOf(()))
        return len(self.nodes) - 1

    def add(self, node: Node) -> Ref:
        self.nodes.append(node)
        return Ref(len(self.nodes) - 1)


class _Reducer:
    def __init__(self, record: Record, read: Collection[Path]) -> None:
        self.table = Table()
        self._record = record
        self._read = frozenset(read)
        self._on_the_way = {path[:length] for path in read for length in range(len(path))}
        self._with_tensors = _with_tensors(record)
        self._made: dict[int, Ref] = {}

    def value(self, value: Value, path: Path, depth: int) -> Value:
        node = self._record.node(value)
        if not isinstance(value, Ref) or node is None:
            return value if value is None or (self._is_read(path) and is_plain(value)) else UNRECORDED
        if isinstance(node, Tensor):
            return self.table.add(tensor(node)) if _is_known(node) else UNRECORDED
        if value.number in self._made:
            return self._made[value.number]
        if depth > _DEEPEST or not self._is_wanted(value.number, path) or not self._is_container(node):
            return UNRECORDED
        number = self.table.reserve()
        self._made[value.number] = Ref(number)
        self.table.nodes[number] = self._container(node, path, depth + 1)
        return Ref(number)

    def _is_read(self, path: Path) -> bool:
        return any(path[:length] in self._read for length in range(len(path) + 1))

    def _is_wanted(self, number: int, path: Path) -> bool:
        return not path or number in self._with_tensors or path in self._on_the_way or self._is_read(path)

    def _is_container(self, node: Node) -> bool:
        """Of a kind that the lock has words for, with keys that it has words for."""
        if isinstance(node, (ListOf, TupleOf)):
            return True
        if not isinstance(node, DictOf) or node.kind not in DICTS or not all(map(is_scalar, node.keys)):
            return False
        if len(set(map(_identity, node.keys))) < len(node.keys) or set(node.keys) >= _OPTIMIZER:
            return False
        factory = self._record.node(node.factory)
        if node.kind == "collections.defaultdict" and not is_builtin(factory):
            return False
        metadata = dict(node.attributes).get("_metadata")
        return metadata is None or self._is_metadata(metadata)

    def _is_metadata(self, value: Value) -> bool:
        """Module names, and for each a dict of names."""
        node = self._record.node(value)
        if not isinstance(node, DictOf) or not all(_is_name(key) for key in node.keys):
            return False
        inner = [self._record.node(one) for one in node.values]
        return all(isinstance(one, DictOf) and all(map(_is_name, one.keys)) for one in inner)

    def _container(self, node: Node, path: Path, depth: int) -> Node:
        if isinstance(node, ListOf):
            return ListOf(tuple(self._items(node.items, path, depth)))
        if isinstance(node, TupleOf):
            return TupleOf(tuple(self._items(node.items, path, depth)))
        assert isinstance(node, DictOf)
        factory = self._record.node(node.factory)
        made = self.table.add(factory) if node.kind == "collections.defaultdict" and factory is not None else None
        pairs = zip(node.keys, node.values, strict=True)
        values = tuple([self.value(value, (*path, key), depth) for key, value in pairs])
        attributes = self._metadata(dict(node.attributes).get("_metadata"))
        return DictOf(node.keys, values, node.kind, made, attributes)

    def _items(self, items: tuple[Value, ...], path: Path, depth: int) -> Iterator[Value]:
        return (self.value(item, (*path, at), depth) for at, item in enumerate(items))

    def _metadata(self, value: Value) -> tuple[tuple[str, Value], ...]:
        node = self._record.node(value)
        if not isinstance(node, DictOf):
            return ()
        number = self.table.reserve()
        inner = tuple([self.table.add(self._versions(one)) for one in node.values])
        self.table.nodes[number] = DictOf(node.keys, inner, "collections.OrderedDict")
        return (("_metadata", Ref(number)),)

    def _versions(self, value: Value, depth: int = 0) -> DictOf:
        node = self._record.node(value)
        assert isinstance(node, DictOf)
        return DictOf(node.keys, tuple([self._version(one, depth) for one in node.values]))

    def _version(self, value: Value, depth: int) -> Value:
        """Of a module, or of its parametrizations, by their names."""
        node = self._record.node(value)
        if depth == 0 and isinstance(node, DictOf) and all(map(_is_name, node.keys)):
            return self.table.add(self._versions(value, 1))
        return value if is_version(value) else UNRECORDED


def tensor(node: Tensor) -> Tensor:
    """What load_state_dict asks of a tensor."""
    return Tensor(
        node.dtype,
        node.shape,
        () if _is_contiguous(node) else node.stride,
        requires_grad=node.is_parameter and node.requires_grad,
        is_parameter=node.is_parameter,
        layout=node.layout,
        subclass=node.subclass,
    )


def _is_known(node: Tensor) -> bool:
    sizes = (*node.shape, *node.stride)
    subclass = node.subclass is None or _is_name(node.subclass)
    words = WORD.fullmatch(node.dtype) and WORD.fullmatch(node.layout)
    return bool(words) and subclass and max(sizes, default=0) < _LARGEST


def _is_contiguous(node: Tensor) -> bool:
    if len(node.stride) != len(node.shape) or 0 in node.shape:
        return True
    wanted = 1
    for size, step in zip(reversed(node.shape), reversed(node.stride), strict=True):
        if size > 1 and step != wanted:
            return False
        wanted *= size
    return True


def is_builtin(factory: Node | None) -> bool:
    return isinstance(factory, Global) and factory.name in ("builtins.list", "builtins.dict", "builtins.int")


def is_version(value: Value) -> bool:
    return value is None or (isinstance(value, (bool, int)) and abs(value) < _LARGEST)


def is_scalar(value: Value) -> bool:
    """One that JSON keeps without loss."""
    return isinstance(value, float) or is_version(value) or _is_name(value)


def is_plain(value: Value) -> bool:
    """And that says nothing of the machine it was saved on."""
    if isinstance(value, str) and (PurePosixPath(value).is_absolute() or PureWindowsPath(value).is_absolute()):
        return False
    return is_scalar(value)


def _is_name(value: Value) -> bool:
    """Text that is valid Unicode: of halves of characters JSON makes whole ones."""
    return isinstance(value, str) and _text(value) == value


def _text(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("ascii", "backslashreplace").decode()
    return name


def _identity(key: Value) -> object:
    """Python takes 1, 1.0 and True for one key."""
    return repr(key) if key != key else key


def _with_tensors(record: Record) -> set[int]:
    """The containers from which a tensor is reached through containers."""
    holders: dict[int, list[int]] = {}
    for number, node in enumerate(record.nodes):
        held = node.values if isinstance(node, DictOf) else node.items if isinstance(node, (ListOf, TupleOf)) else ()
        for value in held:
            if isinstance(value, Ref):
                holders.setdefault(value.number, []).append(number)
    todo = [number for number, node in enumerate(record.nodes) if isinstance(node, Tensor)]
    found: set[int] = set()
    while todo:
        for holder in holders.get(todo.pop(), ()):
            if holder not in found:
                found.add(holder)
                todo.append(holder)
    return found
