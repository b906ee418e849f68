"""Objects as they grow while a pickle is read, and their freezing into a record's nodes.

Scalars, tuples and lists are Python's own.  What else there is gets a draft here: it holds other drafts by
reference, so sharing and cycles need no care, and nothing here hashes or compares what the file brings.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from .records import Call, Cut, DictOf, Global, ListOf, Node, Ref, SetOf, Storage, Tensor, TupleOf, Value

SCALARS = frozenset([type(None), bool, int, float, str, bytes, Cut])
_INTERVAL = 4096
"""Nodes between two looks at the clock."""
_SMALL = 1 << 60
"""From here on integers may be chosen to collide in a hash table."""


class DraftDict:
    """Keys are kept as Python's dict would: equal scalars and short tuples of scalars are one key."""

    __slots__ = ("attributes", "entries", "factory", "kind")

    def __init__(self, kind: str = "builtins.dict", factory: Any = None) -> None:
        self.kind = kind
        self.factory = factory
        self.entries: Dict[Any, Any] = {}
        """identity of the key → value where the key is its own identity, else (key, value) in an `_Odd`."""
        self.attributes: Dict[str, Any] = {}

    def set(self, key: Any, value: Any) -> None:
        self.update([(key, value)])

    def update(self, pairs: "Iterable[Tuple[Any, Any]]") -> None:
        entries = self.entries
        for key, value in pairs:
            if type(key) is str:
                entries[key] = value
            else:
                identity = key_identity(key)
                old = entries.get(identity)
                entries[identity] = _Odd(key if old is None else old.key, value)

    def get(self, key: str) -> Any:
        return self.entries.get(key)

    def pairs(self) -> "List[Tuple[Any, Any]]":
        return [(v.key, v.value) if type(v) is _Odd else (k, v) for k, v in self.entries.items()]


class _Odd:
    """An entry whose key is no str."""

    __slots__ = ("key", "value")

    def __init__(self, key: Any, value: Any) -> None:
        self.key = key
        self.value = value


def key_identity(key: Any) -> Any:
    """What stands for `key` in a hash table: cheap to hash whatever the file brings, and never a str.

    Raises ValueError where Python would refuse the key.
    """
    kind = type(key)
    if kind is int and abs(key) >= _SMALL:
        return ("int", key.to_bytes(key.bit_length() // 8 + 1, "little", signed=True))
    if kind in (bool, int, float, bytes, type(None)):
        return (key,)
    if kind is tuple and len(key) <= 8 and all(type(item) in SCALARS for item in key):
        return ("tuple", *(item if type(item) is str else key_identity(item) for item in key))
    _check_hashable(key)
    return ("object", id(key))


def _check_hashable(key: Any) -> None:
    """Raises ValueError for what Python would not hash, as far as one look tells."""
    for item in key if type(key) is tuple else (key,):
        if isinstance(item, (list, DraftDict)) or (isinstance(item, DraftSet) and not item.frozen):
            raise ValueError("a key that cannot be hashed")


class DraftSet:
    __slots__ = ("frozen", "members")

    def __init__(self, items: "List[Any]", frozen: bool = False) -> None:
        self.frozen = frozen
        self.members: Dict[Any, Any] = {}
        self.add(items)

    def add(self, items: "List[Any]") -> None:
        for item in items:
            self.members.setdefault(item if type(item) is str else key_identity(item), item)


class DraftCall:
    __slots__ = ("args", "entries", "function", "how", "items", "keywords", "states")

    def __init__(self, function: Any, args: "Tuple[Any, ...]", how: str = "call") -> None:
        self.function = function
        self.args = args
        self.how = how
        self.keywords: Tuple[Tuple[str, Any], ...] = ()
        self.states: List[Any] = []
        self.items: List[Any] = []
        self.entries: List[Tuple[Any, Any]] = []


class DraftTensor:
    """A tensor; `facts` are the fields of `records.Tensor` that are plain already."""

    __slots__ = ("attributes", "facts", "parts", "storage")

    def __init__(self, storage: "Optional[Storage]", facts: "Dict[str, Any]", parts: "Tuple[Any, ...]" = ()) -> None:
        self.storage = storage
        self.facts = facts
        self.parts = parts
        self.attributes: Dict[str, Any] = {}

    def again(self, **changes: Any) -> "DraftTensor":
        """Another tensor over the same memory."""
        return DraftTensor(self.storage, {**self.facts, **changes}, self.parts)


def freeze(root: Any, look: "Callable[[], None]") -> "Tuple[Value, Tuple[Node, ...]]":
    """The record's table: what can be reached from `root`, in the order in which it is first reached.

    `look` is called now and then, and may raise to put an end to it.
    """
    refs: Dict[int, Ref] = {}
    found: List[Any] = []

    def value(item: Any) -> Value:
        if type(item) in SCALARS:
            return item  # type: ignore[no-any-return]
        ref = refs.get(id(item))
        if ref is None:
            ref = refs[id(item)] = Ref(len(found))
            found.append(item)
        return ref

    top = value(root)
    nodes: List[Node] = []
    for number, item in enumerate(found):
        if number % _INTERVAL == 0:
            look()
        nodes.append(_FREEZE[type(item)](item, value))
    return top, tuple(nodes)


_ToValue = Callable[[Any], Value]


def _items(items: Any, value: _ToValue) -> "Tuple[Value, ...]":
    return tuple([value(item) for item in items])


def _attributes(attributes: "Dict[str, Any]", value: _ToValue) -> "Tuple[Tuple[str, Value], ...]":
    return tuple([(name, value(item)) for name, item in attributes.items()])


def _dict(draft: DraftDict, value: _ToValue) -> DictOf:
    keys: List[Value] = []
    values: List[Value] = []
    for key, item in draft.entries.items():
        if type(item) is _Odd:
            key, item = value(item.key), item.value
        keys.append(key)
        values.append(item if type(item) in SCALARS else value(item))
    attributes = _attributes(draft.attributes, value)
    return DictOf(tuple(keys), tuple(values), draft.kind, value(draft.factory), attributes)


def _call(draft: DraftCall, value: _ToValue) -> Call:
    return Call(
        value(draft.function),
        _items(draft.args, value),
        tuple([name for name, _ in draft.keywords]),
        tuple([value(item) for _, item in draft.keywords]),
        draft.how,
        _items(draft.states, value),
        _items(draft.items, value),
        tuple([value(key) for key, _ in draft.entries]),
        tuple([value(item) for _, item in draft.entries]),
    )


def _tensor(draft: DraftTensor, value: _ToValue) -> Tensor:
    storage = value(draft.storage)
    return Tensor(
        storage=storage if isinstance(storage, Ref) else None,
        parts=_items(draft.parts, value),
        attributes=_attributes(draft.attributes, value),
        **draft.facts,
    )


_FREEZE: "Dict[type, Callable[[Any, _ToValue], Node]]" = {
    list: lambda draft, value: ListOf(_items(draft, value)),
    tuple: lambda draft, value: TupleOf(_items(draft, value)),
    DraftDict: _dict,
    DraftSet: lambda draft, value: SetOf(_items(draft.members.values(), value), draft.frozen),
    DraftCall: _call,
    DraftTensor: _tensor,
    Tensor: lambda node, value: node,
    Storage: lambda node, value: node,
    Global: lambda node, value: node,
}
