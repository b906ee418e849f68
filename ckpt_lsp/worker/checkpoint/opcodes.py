"""What each pickle opcode of the protocols 0 to 5 does to a `Machine`: one small function each, and a table."""

from __future__ import annotations

import pickle
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from typing import Any, Dict, List

from . import literals
from .errors import Malformed
from .fill import add_entries, add_items, add_members, build
from .graph import DraftCall, DraftDict, DraftSet
from .literals import Handler
from .machine import Machine

STOP = pickle.STOP[0]


# -- containers --------------------------------------------------------------------------------------------------


def _tuple_of(count: int) -> Handler:
    def handler(m: Machine) -> None:
        items = tuple(m.stack[-count:])
        if len(items) < count:
            raise IndexError(count)
        m.stack[-count:] = [items]

    return handler


def _tuple(m: Machine) -> None:
    items = m.unmark()
    m.stack.append(tuple(items))


def _list(m: Machine) -> None:
    items = m.unmark()
    m.stack.append(items)


def _dict(m: Machine) -> None:
    items = m.unmark()
    made = DraftDict()
    m.stack.append(made)
    add_entries(made, items, m.budget)


def _frozenset(m: Machine) -> None:
    items = m.unmark()
    m.stack.append(DraftSet(items, frozen=True))


def _append(m: Machine) -> None:
    item = m.stack.pop()
    add_items(m.stack[-1], [item])


def _appends(m: Machine) -> None:
    items = m.unmark()
    add_items(m.stack[-1], items)


def _setitem(m: Machine) -> None:
    value, key = m.stack.pop(), m.stack.pop()
    add_entries(m.stack[-1], [key, value], m.budget)


def _setitems(m: Machine) -> None:
    items = m.unmark()
    add_entries(m.stack[-1], items, m.budget)


def _additems(m: Machine) -> None:
    items = m.unmark()
    add_members(m.stack[-1], items)


# -- imports and calls -------------------------------------------------------------------------------------------


def _import(m: Machine, module: Any, name: Any) -> Any:
    if type(module) is not str or type(name) is not str:
        raise ValueError(name)
    if m.protocol < 3:
        if (module, name) in NAME_MAPPING:
            module, name = NAME_MAPPING[module, name]
        else:
            module = IMPORT_MAPPING.get(module, module)
    return m.imports.find(module, name)


def _global(m: Machine) -> None:
    module, name = m.tape.line().decode("utf-8"), m.tape.line().decode("utf-8")
    m.stack.append(_import(m, module, name))


def _stack_global(m: Machine) -> None:
    name, module = m.stack.pop(), m.stack.pop()
    m.stack.append(_import(m, module, name))


def _reduce(m: Machine) -> None:
    args = m.stack.pop()
    m.stack[-1] = m.call(m.stack[-1], args)


def _newobj(m: Machine) -> None:
    args = m.stack.pop()
    m.stack[-1] = m.call(m.stack[-1], args, "new")


def _newobj_ex(m: Machine) -> None:
    keywords, args = m.stack.pop(), m.stack.pop()
    if not isinstance(keywords, DraftDict) or not all(type(name) is str for name in keywords.entries):
        raise ValueError("keywords")
    made = m.call(m.stack[-1], args, "new")
    if isinstance(made, DraftCall):
        made.keywords = tuple(keywords.entries.items())
    elif keywords.entries:
        raise ValueError("keywords")
    m.stack[-1] = made


def _inst(m: Machine) -> None:
    module, name = m.tape.line().decode("utf-8"), m.tape.line().decode("utf-8")
    args = tuple(m.unmark())
    m.stack.append(m.call(_import(m, module, name), args))


def _obj(m: Machine) -> None:
    items = m.unmark()
    m.stack.append(m.call(items[0], tuple(items[1:])))


def _build(m: Machine) -> None:
    state = m.stack.pop()
    build(m.stack[-1], state, m.imports)


# -- memo --------------------------------------------------------------------------------------------------------


def _binput(m: Machine) -> None:
    index, memo = m.tape.byte(), m.memo
    if index == len(memo) and not m.far:
        memo.append(m.stack[-1])
    else:
        m.remember(index)


def _long_binput(m: Machine) -> None:
    index, memo = int.from_bytes(m.tape.take(4), "little"), m.memo
    if index == len(memo) and not m.far:
        memo.append(m.stack[-1])
    else:
        m.remember(index)


# -- the rest ----------------------------------------------------------------------------------------------------


def _proto(m: Machine) -> None:
    m.protocol = m.tape.byte()
    if m.protocol > pickle.HIGHEST_PROTOCOL:
        raise Malformed("holds a pickle of protocol %d, which is unknown" % m.protocol)


def _frame(m: Machine) -> None:
    m.tape.take(8)


def _refused(what: str) -> Handler:
    def handler(m: Machine) -> None:
        raise Malformed("holds a pickle that needs %s, which torch.load does not provide" % what)

    return handler


def _unknown(m: Machine) -> None:
    raise ValueError("opcode")


_NAMED: Dict[str, Handler] = {
    "MARK": Machine.mark,
    "POP": Machine.pop,
    "POP_MARK": lambda m: m.unmark().clear(),
    "DUP": lambda m: m.stack.append(m.stack[-1]),
    "PUT": lambda m: m.remember(int(m.tape.line())),
    "BINPUT": _binput,
    "LONG_BINPUT": _long_binput,
    "MEMOIZE": Machine.remember_next,
    "GET": lambda m: m.recall(int(m.tape.line())),
    "BINGET": lambda m: m.recall(m.tape.byte()),
    "LONG_BINGET": lambda m: m.recall(int.from_bytes(m.tape.take(4), "little")),
    "NONE": literals.constant(None),
    "NEWTRUE": literals.constant(True),
    "NEWFALSE": literals.constant(False),
    "INT": literals.int_line,
    "BININT": literals.packed("<i"),
    "BININT1": lambda m: m.stack.append(m.tape.byte()),
    "BININT2": literals.packed("<H"),
    "LONG": literals.long_line,
    "LONG1": literals.long("<B"),
    "LONG4": literals.long("<i"),
    "FLOAT": literals.float_line,
    "BINFLOAT": literals.packed(">d"),
    "STRING": literals.string_line,
    "BINSTRING": literals.old_string("<i"),
    "SHORT_BINSTRING": literals.old_string("<B"),
    "UNICODE": literals.unicode_line,
    "BINUNICODE": literals.text(4),
    "SHORT_BINUNICODE": literals.text(1),
    "BINUNICODE8": literals.text(8),
    "BINBYTES": literals.byte_string("<I"),
    "SHORT_BINBYTES": literals.byte_string("<B"),
    "BINBYTES8": literals.byte_string("<Q"),
    "BYTEARRAY8": literals.byte_array,
    "EMPTY_LIST": lambda m: m.stack.append([]),
    "EMPTY_TUPLE": literals.constant(()),
    "EMPTY_DICT": lambda m: m.stack.append(DraftDict()),
    "EMPTY_SET": lambda m: m.stack.append(DraftSet([])),
    "TUPLE": _tuple,
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "LIST": _list,
    "DICT": _dict,
    "FROZENSET": _frozenset,
    "APPEND": _append,
    "APPENDS": _appends,
    "SETITEM": _setitem,
    "SETITEMS": _setitems,
    "ADDITEMS": _additems,
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "NEWOBJ": _newobj,
    "NEWOBJ_EX": _newobj_ex,
    "INST": _inst,
    "OBJ": _obj,
    "BUILD": _build,
    "PERSID": lambda m: m.stack.append(m.persistent(m.tape.line().decode("ascii"))),
    "BINPERSID": lambda m: m.stack.append(m.persistent(m.stack.pop())),
    "EXT1": _refused("copyreg's extension registry (EXT1)"),
    "EXT2": _refused("copyreg's extension registry (EXT2)"),
    "EXT4": _refused("copyreg's extension registry (EXT4)"),
    "NEXT_BUFFER": _refused("out-of-band buffers (NEXT_BUFFER)"),
    "READONLY_BUFFER": _refused("out-of-band buffers (READONLY_BUFFER)"),
    "PROTO": _proto,
    "FRAME": _frame,
}
_COSTLY = {
    "MARK": 64,
    "PUT": 10,
    "BINPUT": 10,
    "LONG_BINPUT": 10,
    "MEMOIZE": 10,
    "EMPTY_LIST": 64,
    "EMPTY_DICT": 240,
    "EMPTY_SET": 200,
    "DICT": 240,
    "FROZENSET": 200,
    "TUPLE": 48,
    "TUPLE1": 56,
    "TUPLE2": 64,
    "TUPLE3": 72,
    "REDUCE": 250,
    "NEWOBJ": 250,
    "NEWOBJ_EX": 250,
    "INST": 250,
    "OBJ": 250,
    "BINPERSID": 150,
    "PERSID": 150,
    "LONG1": 40,
    "LONG4": 40,
    "BINUNICODE": 50,
    "SHORT_BINUNICODE": 50,
    "BINUNICODE8": 50,
    "SHORT_BINBYTES": 40,
    "BINBYTES": 40,
    "BYTEARRAY8": 250,
}
_DEFAULT_COST = 32
"""A slot somewhere, and a small number."""

HANDLERS: List[Handler] = [_unknown] * 256
COSTS: List[int] = [_DEFAULT_COST] * 256
_NAMES: Dict[int, str] = {getattr(pickle, name)[0]: name for name in (*_NAMED, "STOP")}
for _code, _name in _NAMES.items():
    if _name in _NAMED:
        HANDLERS[_code] = _NAMED[_name]
        COSTS[_code] = _COSTLY.get(_name, _DEFAULT_COST)


def name_of(code: int) -> str:
    """An opcode as pickletools calls it."""
    return _NAMES.get(code, "unknown opcode 0x%02x" % code)
