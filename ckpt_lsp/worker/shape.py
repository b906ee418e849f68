"""Is what came over the channel really of the declared shape?  Checked at every step away from user code.

`protocol.from_plain` takes the fields; this looks at their types, all the way down, so that a forged or broken
result is a ProtocolError here and never a surprise later.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, Callable, Dict, Type, TypeVar, Union, get_args, get_origin, get_type_hints

from .protocol import Answer, DryRunResult, ProtocolError, from_plain

T = TypeVar("T")
Check = Callable[[Any], bool]

STATUSES = ("loads", "raises", "unresolved", "skipped")


def checked(kind: Type[T], value: Any) -> T:
    """The record from JSON values.  Raises ProtocolError where a field is missing or of another type."""
    record = from_plain(kind, value)
    if not _RECORDS[kind](record):
        raise ProtocolError("a field of %s has the wrong type" % kind.__name__)
    if isinstance(record, DryRunResult):
        _check_result(record)
    return record


def _record_check(kind: Type[Any]) -> Check:
    checks = [(name, _check(hint)) for name, hint in get_type_hints(kind).items()]
    return lambda value: type(value) is kind and all(fits(getattr(value, name)) for name, fits in checks)


def _check(hint: Any) -> Check:
    """Made once per field: results may have many thousand rows."""
    if hint is Any:
        return lambda value: True
    if get_origin(hint) is Union:
        parts = [_check(part) for part in get_args(hint)]
        return lambda value: any(fits(value) for fits in parts)
    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        if inner is Any:
            return lambda value: type(value) is list
        fits_inside = _check(inner)
        return lambda value: type(value) is list and all(map(fits_inside, value))
    if is_dataclass(hint):
        return _record_check(hint)  # type: ignore[arg-type]
    return lambda value: type(value) is hint


_RECORDS: Dict[Type[Any], Check] = {kind: _record_check(kind) for kind in (Answer, DryRunResult)}


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
    _check_plain(result.origins, [str, str, int, int, str, int])
    _check_plain(result.taken, [str, int, int, int])


def _check_plain(rows: Any, kinds: Any) -> None:
    for row in rows:
        if [type(value) for value in row] != kinds:
            raise ProtocolError("a row of plain values is malformed")


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
