"""The opcodes that push a number or a string: what is long is cut, so that nothing large is ever held."""

from __future__ import annotations

import codecs
import struct
from typing import Any, Callable

from .errors import Malformed
from .graph import DraftCall
from .machine import Machine
from .records import Cut

LONGEST = 1 << 16
"""Bytes of a scalar that are kept."""
_SHORT = 64
"""Bytes of a string that its opcode's cost covers."""

Handler = Callable[[Machine], None]


def constant(value: Any) -> Handler:
    return lambda m: m.stack.append(value)


def packed(layout: str) -> Handler:
    packing = struct.Struct(layout)
    return lambda m: m.stack.append(packing.unpack(m.tape.take(packing.size))[0])


_BOOLS = {b"00": False, b"01": True}


def int_line(m: Machine) -> None:
    line = m.tape.line()
    m.stack.append(_BOOLS[line] if line in _BOOLS else int(line, 0))


def long_line(m: Machine) -> None:
    line = m.tape.line()
    m.stack.append(int(line[:-1] if line.endswith(b"L") else line, 0))


def float_line(m: Machine) -> None:
    m.stack.append(float(m.tape.line()))


def _length(m: Machine, layout: str) -> int:
    (length,) = struct.unpack(layout, m.tape.take(struct.calcsize(layout)))
    if length < 0:
        raise ValueError(length)
    m.budget.charge(min(length, LONGEST))
    return int(length)


def long(layout: str) -> Handler:
    def handler(m: Machine) -> None:
        length = _length(m, layout)
        data = m.tape.skim(length, LONGEST // 16)
        m.stack.append(int.from_bytes(data, "little", signed=True) if len(data) == length else Cut("int", b"", length))

    return handler


def text(width: int) -> Handler:
    """`width` is that of the length.  Three of four bytes of most pickles come by here."""

    def handler(m: Machine) -> None:
        tape = m.tape
        length = int.from_bytes(tape.take(width), "little")
        if length > LONGEST:
            m.budget.charge(LONGEST)
            m.stack.append(Cut("str", str(tape.skim(length, LONGEST), "utf-8", "ignore"), length))
            return
        if length > _SHORT:
            m.budget.charge(length)
        m.stack.append(str(tape.take(length), "utf-8", "surrogatepass"))

    return handler


def _read_bytes(m: Machine, layout: str) -> Any:
    length = _length(m, layout)
    data = m.tape.skim(length, LONGEST)
    return data if len(data) == length else Cut("bytes", data, length)


def byte_string(layout: str) -> Handler:
    return lambda m: m.stack.append(_read_bytes(m, layout))


def old_string(layout: str) -> Handler:
    return lambda m: m.stack.append(_decoded(m, _read_bytes(m, layout)))


def _decoded(m: Machine, data: Any) -> Any:
    """A Python 2 string, which torch takes for UTF-8 unless told otherwise."""
    if m.encoding == "bytes" or isinstance(data, Cut):
        return data
    try:
        return data.decode(m.encoding)
    except (UnicodeDecodeError, LookupError):
        raise Malformed(
            "holds a Python 2 string that is not %s" % m.encoding, 'pass encoding="latin1" to torch.load'
        ) from None


def string_line(m: Machine) -> None:
    line = m.tape.line()
    if len(line) < 2 or line[0] != line[-1] or line[:1] not in (b"'", b'"'):
        raise ValueError(line)
    m.stack.append(_decoded(m, codecs.escape_decode(line[1:-1])[0]))


def unicode_line(m: Machine) -> None:
    m.stack.append(codecs.raw_unicode_escape_decode(m.tape.line())[0])


def byte_array(m: Machine) -> None:
    data = _read_bytes(m, "<Q")
    m.stack.append(DraftCall(m.imports.builtin("bytearray"), (data,)))
