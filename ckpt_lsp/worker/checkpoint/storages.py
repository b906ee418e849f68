"""The persistent ids by which torch's pickles speak of storages."""

from __future__ import annotations

from typing import Any

from .dtypes import dtype_of_storage
from .errors import Malformed
from .records import Global, Storage

_MOST_ELEMENTS = 1 << 60


def storage_of(identity: Any, length: int) -> Storage:
    """The storage of ("storage", class, key, location, number of elements, …).  Raises Malformed."""
    if not isinstance(identity, tuple) or len(identity) != length or text(identity[0]) != "storage":
        raise Malformed("holds a pickle with an unknown kind of persistent id")
    cls, key, location, numel = identity[1:5]
    return make_storage(cls, key, location, numel)


def make_storage(cls: Any, key: Any, location: Any, numel: Any) -> Storage:
    """Raises Malformed."""
    dtype = dtype_of_storage(cls.name) if isinstance(cls, Global) else None
    if dtype is None or type(numel) is not int or not 0 <= numel < _MOST_ELEMENTS:
        raise Malformed("holds a storage of an unknown type or an impossible size")
    return Storage(text(key), dtype, numel, text(location))


def text(value: Any) -> str:
    """A short internal string, which Python 2 may have left as bytes.  Raises Malformed."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        raise Malformed("holds a storage without a name")
    return value
