"""The bytes of one pickle, read forwards in pieces, so that a long string in it never has to be held."""

from __future__ import annotations

from typing import Callable

from .errors import Malformed, Truncated

PIECE = 1 << 18
LONGEST_LINE = 1 << 16
"""Of a text opcode: a dotted name, a number, a protocol 0 string."""


class Tape:
    """Reads `size` bytes by `read_at(offset, length)`, from `start` on."""

    def __init__(self, read_at: "Callable[[int, int], bytes]", start: int, size: int) -> None:
        self._read_at = read_at
        self._next = start
        self._end = start + size
        self._data = b""
        self._pos = 0

    @property
    def position(self) -> int:
        """Offset of the next byte, as `read_at` counts."""
        return self._next - len(self._data) + self._pos

    def byte(self) -> int:
        pos = self._pos
        try:
            value = self._data[pos]
        except IndexError:
            self._fill(1)
            pos, value = 0, self._data[0]
        self._pos = pos + 1
        return value

    def take(self, length: int) -> bytes:
        """Raises Truncated where the pickle ends before."""
        pos = self._pos
        end = pos + length
        piece = self._data[pos:end]
        if len(piece) < length:
            self._fill(length)
            piece, end = self._data[:length], length
        self._pos = end
        return piece

    def skim(self, length: int, keep: int) -> bytes:
        """The first `keep` of `length` bytes; the rest is passed over unread."""
        if length <= keep:
            return self.take(length)
        target = self.position + length
        if target > self._end:
            self._fill(length)
        head = self.take(keep)
        self._next, self._data, self._pos = target, b"", 0
        return head

    def line(self) -> bytes:
        """Up to the next newline, which is dropped.  Raises Malformed if it is far."""
        while True:
            end = self._data.find(b"\n", self._pos)
            if end >= 0:
                line = self._data[self._pos : end]
                self._pos = end + 1
                return line
            have = len(self._data) - self._pos
            if have > LONGEST_LINE:
                raise Malformed("holds a pickle with an endless line")
            self._fill(have + 1)

    def _fill(self, length: int) -> None:
        """Makes at least `length` bytes available."""
        rest = self._data[self._pos :]
        missing = length - len(rest)
        if self._next + missing > self._end:
            raise Truncated("ends inside its pickle, after %d bytes" % self._end)
        piece = self._read_at(self._next, min(max(missing, PIECE), self._end - self._next))
        self._next += len(piece)
        self._data, self._pos = rest + piece, 0


def tape_of(data: bytes) -> Tape:
    """Over bytes in memory."""
    return Tape(lambda offset, length: data[offset : offset + length], 0, len(data))
