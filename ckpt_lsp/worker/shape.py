"""Is what came over the channel really of the declared shape?  Checked at every step away from user code.

`protocol.from_plain` takes the fields; this looks at their types, all the way down, so that a forged or broken
result is a ProtocolError here and never a surprise later.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, Dict, Type, TypeVar, Union, get_args, get_origin, get_type_hints

from .protocol import Answer, DryRunResult, Place, ProtocolError, from_plain

T = TypeVar("T")

STATUSES = ("loads", "raises", "unresolved", "skipped")
_HINTS: Dict[Type[Any], Dict[str, Any]] = {
    kind: get_type_hints(kind) for kind in (Answer, DryRunResult, Place)
}


def checked(kind: Type[T], value: Any) -> T:
    """The record from JSON values.  Raises ProtocolError where a field is missing or of another type."""
    record = from_plain(kind, value)
    _check_record(record)
    if isinstance(record, DryRunResult):
        _check_result(record)
    return record


def _check_record(record: Any) -> None:
    hints = _HINTS[type(record)]
    for field in fields(record):
        value = getattr(record, field.name)
        if not _fits(value, hints[field.name]):
            raise ProtocolError("%s.%s is no %s" % (type(record).__name__, field.name, hints[field.name]))


def _fits(value: Any, hint: Any) -> bool:
    if hint is Any:
        return True
    if get_origin(hint) is Union:
        return any(_fits(value, part) for part in get_args(hint))
    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        return isinstance(value, list) and all(_fits(item, inner) for item in value)
    if is_dataclass(hint):
        if not isinstance(value, hint):  # type: ignore[arg-type]
            return False
        _check_record(value)
        return True
    return type(value) is hint


def _check_result(result: DryRunResult) -> None:
    if result.status not in STATUSES:
        raise ProtocolError("no such status: %.40r" % result.status)
    if result.status in ("unresolved", "skipped") and not result.reason:
        raise ProtocolError("%s without a reason" % result.status)
    if result.status == "raises" and not result.error_type:
        raise ProtocolError("raises without an exception")
    _check_rows(result.model_entries, (1,))
    _check_rows(result.checkpoint_entries, (1,))
    _check_rows(result.mismatched, (1, 2))


def _check_rows(rows: Any, shapes_at: Any) -> None:
    """Each row is a key and after it shapes, each a list of ints or None."""
    for row in rows:
        if len(row) != 1 + len(shapes_at) or type(row[0]) is not str:
            raise ProtocolError("a row of keys and shapes is malformed")
        for shape in row[1:]:
            if shape is not None and not _is_shape(shape):
                raise ProtocolError("a shape is malformed")


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and all(type(size) is int and size >= 0 for size in shape)
