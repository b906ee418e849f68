"""A record as JSON values and back, without loss: for the cache, the pipe and the lock.

`from_plain` trusts nothing: a lock file comes from a repository.
"""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import fields
from typing import Any, Callable, Dict, List, Tuple, Type

from .errors import CheckpointError
from .order import filled_with, made_of
from .records import KINDS, Cut, Node, Record, Ref, Value

VERSION = 1
_NAMES: Dict[Type[Any], str] = {cls: name for name, cls in KINDS.items()}
_SAFE_INT = 1 << 53
"""Beyond this, JSON readers other than Python's lose digits, and Python's own refuses many of them."""


class RecordError(CheckpointError):
    """Not the plain form of a record."""

    next_step = "write it again"


def to_plain(record: Record) -> Dict[str, Any]:
    """JSON values: dicts, lists, str, int, float, bool, None."""
    return {
        "version": VERSION,
        "format": record.format,
        "root": _encode(record.root),
        "nodes": [_encode_node(node) for node in record.nodes],
        "globals": list(record.globals),
        "calls": list(record.calls),
        "metadata": [list(pair) for pair in record.metadata],
        "files": list(record.files),
    }


def from_plain(plain: Any) -> Record:
    """Raises RecordError."""
    if not isinstance(plain, dict) or plain.get("version") != VERSION:
        raise RecordError("is no record of this version")
    try:
        record = Record(
            _text(plain["format"]),
            _decode(plain["root"]),
            tuple([_decode_node(item) for item in plain["nodes"]]),
            _texts(plain["globals"]),
            _texts(plain["calls"]),
            tuple([(_text(name), _text(value)) for name, value in plain["metadata"]]),
            _texts(plain["files"]),
        )
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RecordError("is no record (%s)" % error) from None
    _check_refs(record)
    return record


# -- out -----------------------------------------------------------------------------------------------------------


def _encode(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"ref": value.number}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, Cut):
        return {"cut": [value.kind, _encode(value.head), value.length]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _SAFE_INT:
        return {"int": hex(value)}
    return value


def _encode_node(node: Node) -> Dict[str, Any]:
    """Fields that have their default are left out."""
    plain: Dict[str, Any] = {"node": _NAMES[type(node)]}
    for field in fields(node):
        value = getattr(node, field.name)
        if not (type(value) is type(field.default) and value == field.default):
            plain[field.name] = _encode(value)
    return plain


# -- in ------------------------------------------------------------------------------------------------------------


def _decode(plain: Any) -> Value:
    """A scalar or reference."""
    if plain is None or isinstance(plain, (bool, int, float, str)):
        return plain
    if isinstance(plain, dict) and len(plain) == 1:
        ((tag, content),) = plain.items()
        return _TAGS[tag](content)
    raise ValueError("value expected")


def _ref(content: Any) -> Ref:
    return Ref(_natural(content))


def _cut(content: Any) -> Cut:
    kind, head, length = content
    decoded = _decode(head)
    if kind not in ("str", "bytes", "int") or not isinstance(decoded, (str, bytes)):
        raise ValueError("cut")
    return Cut(kind, decoded, _natural(length))


_TAGS: Dict[str, Callable[[Any], Value]] = {
    "ref": _ref,
    "bytes": lambda content: base64.b64decode(content, validate=True),
    "cut": _cut,
    "float": lambda content: float(_text(content)),
    "int": lambda content: int(_text(content), 16),
}


def _decode_node(plain: Any) -> Node:
    if not isinstance(plain, dict):
        raise ValueError("node expected")
    cls = KINDS[plain["node"]]
    known = {field.name: field.type for field in fields(cls)}
    given = {name: value for name, value in plain.items() if name != "node"}
    return cls(**{name: _FIELDS[str(known[name])](value) for name, value in given.items()})


def _natural(plain: Any) -> int:
    if type(plain) is not int or plain < 0:
        raise ValueError("natural number expected")
    return plain


def _integer(plain: Any) -> int:
    value = _decode(plain)
    if type(value) is not int or value < 0:
        raise ValueError("natural number expected")
    return value


def _flag(plain: Any) -> bool:
    if type(plain) is not bool:
        raise ValueError("true or false expected")
    return plain


def _text(plain: Any) -> str:
    if type(plain) is not str:
        raise ValueError("text expected")
    return plain


def _texts(plain: Any) -> Tuple[str, ...]:
    return tuple([_text(item) for item in _list(plain)])


def _list(plain: Any) -> List[Any]:
    if not isinstance(plain, list):
        raise ValueError("list expected")
    return plain


def _optional_ref(plain: Any) -> Any:
    value = _decode(plain)
    if value is not None and not isinstance(value, Ref):
        raise ValueError("reference expected")
    return value


_FIELDS: Dict[str, Callable[[Any], Any]] = {
    "Value": _decode,
    "Items": lambda plain: tuple([_decode(item) for item in _list(plain)]),
    "Attributes": lambda plain: tuple([(_text(name), _decode(value)) for name, value in _list(plain)]),
    "Tuple[int, ...]": lambda plain: tuple([_integer(item) for item in _list(plain)]),
    "Tuple[str, ...]": _texts,
    "Optional[Ref]": _optional_ref,
    "Optional[str]": lambda plain: None if plain is None else _text(plain),
    "bool": _flag,
    "int": _integer,
    "str": _text,
}
"""By a field's annotation in `records`."""


def _check_refs(record: Record) -> None:
    """Raises RecordError where a reference leads nowhere."""
    count = len(record.nodes)
    for ref in [record.root, *(value for node in record.nodes for value in _values(node))]:
        if isinstance(ref, Ref) and ref.number >= count:
            raise RecordError("refers to a node that is not there")


def _values(node: Node) -> List[Value]:
    return [*made_of(node), *filled_with(node)]
