"""The calls whose result is known without making them: torch's tensors and the containers of the standard library."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

from .graph import DraftDict, DraftSet
from .tensors import REBUILD as TENSORS
from .tensors import call

Args = Tuple[Any, ...]


def rebuild(name: str, args: Args) -> Any:
    """What calling the global `name` returns; None where that is not known.  Raises Malformed."""
    tensor = TENSORS.get(name)
    if tensor is not None:
        return call(tensor, args)
    container = _CONTAINERS.get(name)
    return container(args) if container is not None else None


def _ordered(args: Args) -> Optional[DraftDict]:
    return _mapping("collections.OrderedDict", args)


def _plain(args: Args) -> Optional[DraftDict]:
    return _mapping("builtins.dict", args)


def _counter(args: Args) -> Optional[DraftDict]:
    return _mapping("collections.Counter", args)


def _default(args: Args) -> Optional[DraftDict]:
    made = _mapping("collections.defaultdict", args[1:])
    if made is not None and args:
        made.factory = args[0]
    return made


def _mapping(kind: str, args: Args) -> Optional[DraftDict]:
    """From nothing, another mapping or, as Python 2 wrote it, a list of pairs."""
    made = DraftDict(kind)
    if not args:
        return made
    if len(args) > 1:
        return None
    pairs = args[0].pairs() if isinstance(args[0], DraftDict) else args[0]
    if not isinstance(pairs, list) or not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs):
        return None
    made.update((key, value) for key, value in pairs)
    return made


def _set(args: Args) -> Optional[DraftSet]:
    return _members(args, frozen=False)


def _frozenset(args: Args) -> Optional[DraftSet]:
    return _members(args, frozen=True)


def _members(args: Args, frozen: bool) -> Optional[DraftSet]:
    if not args:
        return DraftSet([], frozen)
    return DraftSet(list(args[0]), frozen) if len(args) == 1 and isinstance(args[0], (list, tuple)) else None


def _encode(args: Args) -> Optional[bytes]:
    """How protocol 2 writes bytes: `_codecs.encode("…", "latin1")`."""
    if len(args) == 2 and type(args[0]) is str and args[1] in ("latin1", "latin-1"):
        return args[0].encode("latin1")
    return None


def _bytes(args: Args) -> Optional[bytes]:
    return b"" if not args else None


_CONTAINERS: Dict[str, Callable[[Args], Any]] = {
    "collections.OrderedDict": _ordered,
    "collections.defaultdict": _default,
    "collections.Counter": _counter,
    "builtins.dict": _plain,
    "builtins.set": _set,
    "builtins.frozenset": _frozenset,
    "builtins.bytes": _bytes,
    "_codecs.encode": _encode,
}
