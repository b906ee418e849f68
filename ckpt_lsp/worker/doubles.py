"""Stand-ins for what a dry run does not compute: values that remember where they came from.

An `Opaque` goes silently through attribute access, calls and arithmetic.  As soon as the program's course or
a verdict would depend on it (a branch, an iteration, an index, a path) it raises `Stop`, whose reason names
the origin.  So an unknown value can make a site unresolved, but never decided wrongly.
"""

from __future__ import annotations

import os
import re
from typing import Any, ClassVar, Dict, Iterator, List, NoReturn, Optional, Tuple

MARK = "\u2063ckpt-lsp:"
"""Stands in text made from an opaque value, so that a path built from it is recognised."""


class Stop(BaseException):
    """The dry run cannot go on soundly.  A BaseException, so that user code does not catch it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ledger:
    """What one dry run has to remember across the user's frames: the first stop and the taints."""

    def __init__(self) -> None:
        self.stopped: Optional[Stop] = None
        self.handed_on: Optional[str] = None
        """Origin of the first opaque value that was given a function or class, which it may call."""
        self._tainted: Dict[int, Tuple[Any, str]] = {}

    def stop(self, reason: str) -> NoReturn:
        """The first reason stands, even where user code swallows the exception."""
        if self.stopped is None:
            self.stopped = Stop(reason)
        raise self.stopped

    def taint(self, value: Any, why: str) -> None:
        """`value` was handed to code that is not there; it may have been changed."""
        self._tainted[id(value)] = (value, why)

    def taint_of(self, value: Any) -> Optional[str]:
        entry = self._tainted.get(id(value))
        return entry[1] if entry else None


ledger = Ledger()


def _mutable(value: Any) -> bool:
    return not isinstance(value, (Opaque, str, bytes, int, float, bool, complex, type(None), tuple))


class Opaque:
    """An unknown value.  `_ckpt_origin` is a noun phrase: "`loader` (line 12), which is not computed"."""

    _ckpt_origin: str

    def __init__(self, origin: str) -> None:
        object.__setattr__(self, "_ckpt_origin", origin)

    def _ckpt_stop(self, use: str) -> NoReturn:
        ledger.stop("%s depends on %s" % (use, self._ckpt_origin))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Opaque(self._ckpt_origin)

    def __setattr__(self, name: str, value: Any) -> None:
        _taint_all((value,), self._ckpt_origin)

    def __delattr__(self, name: str) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(map(_is_definition, (*args, *kwargs.values()))):
            ledger.handed_on = ledger.handed_on or self._ckpt_origin
        if len(args) == 1 and not kwargs and _is_definition(args[0]):
            return Opaque(self._ckpt_origin)
        _taint_all(args, self._ckpt_origin)
        _taint_all(tuple(kwargs.values()), self._ckpt_origin)
        return Opaque(self._ckpt_origin)

    def __mro_entries__(self, bases: Tuple[Any, ...]) -> Tuple[type, ...]:
        return (_opaque_base(self._ckpt_origin),)

    def __getitem__(self, key: Any) -> Any:
        return Opaque(self._ckpt_origin)

    def __setitem__(self, key: Any, value: Any) -> None:
        _taint_all((value,), self._ckpt_origin)

    def __delitem__(self, key: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return Opaque(self._ckpt_origin)

    def __exit__(self, *exc: Any) -> None:
        pass

    def __bool__(self) -> bool:
        self._ckpt_stop("a branch")

    def __iter__(self) -> Iterator[Any]:
        self._ckpt_stop("a loop or an unpacking")

    def __len__(self) -> int:
        self._ckpt_stop("a length")

    def __contains__(self, item: Any) -> bool:
        self._ckpt_stop("a membership test")

    def __index__(self) -> int:
        self._ckpt_stop("an index or a size")

    def __int__(self) -> int:
        self._ckpt_stop("a number")

    def __float__(self) -> float:
        self._ckpt_stop("a number")

    def __fspath__(self) -> str:
        self._ckpt_stop("a path")

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return MARK + self._ckpt_origin + MARK

    def __repr__(self) -> str:
        return str(self)

    def __format__(self, spec: str) -> str:
        return str(self)

    def __eq__(self, other: object) -> Any:
        return Opaque(self._ckpt_origin)

    def __ne__(self, other: object) -> Any:
        return Opaque(self._ckpt_origin)


class Absent(Opaque):
    """What an absent checkpoint holds, on a second look that can only name the model: nothing, and any key."""

    asked: ClassVar[int] = 0
    """How many answers have been made up."""
    iterated: ClassVar[Optional[str]] = None
    """Origin of the last one that was gone through, of which whatever was made of it holds nothing."""
    has_a_key: ClassVar[bool] = False
    """Whether as a dict it has one entry rather than none."""
    parts: ClassVar[int] = 0
    """How many values it holds as a sequence."""
    stands_in: ClassVar[bool] = False
    """Whether this is a second look."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(self._ckpt_origin)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Absent(self._ckpt_origin)

    def __getitem__(self, key: Any) -> Any:
        return Absent(self._ckpt_origin)

    def __bool__(self) -> bool:
        Absent.asked += 1
        return True

    def keys(self) -> List[str]:
        return [key for key, _ in self.items()]

    def values(self) -> "List[Absent]":
        return [value for _, value in self.items()]

    def items(self) -> "List[Tuple[str, Absent]]":
        iter(self)
        return [("module.0.weight", Absent(self._ckpt_origin))] if Absent.has_a_key else []

    def __iter__(self) -> Iterator[Any]:
        Absent.asked += 1
        Absent.iterated = self._ckpt_origin
        return iter([Absent(self._ckpt_origin)] * Absent.parts)

    def __len__(self) -> int:
        Absent.asked += 1
        return 0

    def __contains__(self, item: Any) -> bool:
        Absent.asked += 1
        return False


def unknown_file(origin: str) -> Opaque:
    """What a checkpoint holds that cannot be had."""
    return Absent(origin) if Absent.stands_in else Opaque(origin)


def _arithmetic(name: str) -> Any:
    def method(self: Opaque, *others: Any) -> Any:
        return Opaque(self._ckpt_origin)

    method.__name__ = name
    return method


for _name in (
    "add radd iadd sub rsub isub mul rmul imul truediv rtruediv floordiv rfloordiv mod rmod pow rpow "
    "matmul rmatmul and rand or ror xor rxor lshift rlshift rshift rrshift neg pos abs invert lt le gt ge round"
).split():
    setattr(Opaque, "__%s__" % _name, _arithmetic("__%s__" % _name))


def _taint_all(values: Tuple[Any, ...], origin: str) -> None:
    for value in values:
        if _mutable(value):
            ledger.taint(value, "it was passed to %s, which may change it" % origin)


def _is_definition(value: Any) -> bool:
    return isinstance(value, type) or type(value).__name__ in ("function", "method")


_bases: Dict[str, type] = {}


def _opaque_base(origin: str) -> type:
    """A base class for `class Net(missing.Module)`: its instances are opaque."""
    if origin not in _bases:

        def new(cls: type, *args: Any, **kwargs: Any) -> Any:
            _taint_all(args, origin)
            return Opaque("an instance of %s, whose base is %s" % (cls.__name__, origin))

        _bases[origin] = type("OpaqueBase", (), {"__new__": new})
    return _bases[origin]


def plain(value: Any) -> str:
    """Text for a person, in which an opaque value stands as its origin."""
    return str(value).replace(MARK, "")


def opaque_text(text: str) -> Optional[str]:
    """The origin if `text` was made from an opaque value."""
    return text.split(MARK)[1] if text.count(MARK) >= 2 else None


def is_opaque(value: Any) -> bool:
    return isinstance(value, Opaque)


def opaque_path(value: Any) -> Optional[str]:
    """The origin if `value`, given as a path, is or contains an opaque value."""
    if isinstance(value, Opaque):
        return value._ckpt_origin
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        return opaque_text(text) if isinstance(text, str) else None
    return None


def opaque_behind(error: BaseException) -> Optional[str]:
    """The origin of the opaque value that compiled code has refused: it says what it got by the name of its class."""
    if not isinstance(error, TypeError) or not _OPAQUE_CLASS.search(str(error)):
        return None
    found: Optional[str] = None
    trace = error.__traceback__
    while trace is not None:
        held = [value for value in trace.tb_frame.f_locals.values() if isinstance(value, Opaque)]
        found = held[0]._ckpt_origin if held else found
        trace = trace.tb_next
    return found


_OPAQUE_CLASS = re.compile(r"\b(Opaque|Unrecorded)\b")


def dropped(*names_and_line: Any) -> Any:
    """What the slice binds in place of a statement that it leaves out: one opaque value a name."""
    names: List[str] = list(names_and_line[:-1])
    line = names_and_line[-1]
    values = tuple(Opaque("`%s` (line %s), which is not computed" % (name, line)) for name in names)
    return values[0] if len(values) == 1 else values
