"""The directory of a zip file, read by hand: no entry's contents are touched, and nothing is taken on trust.

Lenient where torch's own reader is (checksums, flags), strict where it would read what is not there.
"""

from __future__ import annotations

import struct
import zlib
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .errors import Malformed, TooLarge, Truncated
from .source import Source

SIGNATURE = b"PK\x03\x04"
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_MOST_DIRECTORY = 12 << 20
_MOST_INFLATED = 64 << 20
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x0001 | 0x0020 | 0x0040 | 0x2000
"""Flags: a password, a patch, strong encryption, a masked directory."""
_FOLDER = 0x10
"""External attribute of MS-DOS."""


class Entry(NamedTuple):
    """One file in the archive."""

    name: str
    size: int
    packed: int
    """Bytes that it takes in the archive."""
    method: int
    header: int
    """Offset of its local header."""
    flags: int
    disk: int
    is_folder: bool


class Archive:
    """The entries of a zip file, by name.  Raises Truncated and Malformed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.entries: Dict[str, Entry] = {}
        """By lower-case name, since torch's own reader finds them in any case."""
        self.doubled: "set[str]" = set()
        """Names that occur more than once; which one a reader takes is anybody's guess."""
        start, size = _directory(source)
        entries = list(_entries(source.read_at(start, size)))
        _check_overlap(entries)
        for entry in entries:
            _check_extent(entry, start)
            name = entry.name.lower()
            if name in self.entries:
                self.doubled.add(name)
            self.entries[name] = entry

    def get(self, name: str) -> Optional[Entry]:
        """None if there is none.  Raises Malformed if there are several, or it is encrypted."""
        name = name.lower()
        entry = self.entries.get(name)
        if entry is not None and name in self.doubled:
            raise Malformed("holds %s more than once" % name)
        if entry is not None:
            _check_readable(entry)
        return entry

    def content(self, name: str, most: int) -> Optional[bytes]:
        """Of a small entry, None if there is none."""
        entry = self.get(name)
        return None if entry is None else self.inflated(entry, most)

    def locate(self, entry: Entry) -> Tuple[int, int]:
        """Offset and length of the entry's bytes in the file."""
        fields = _LOCAL.unpack(self._source.read_at(entry.header, _LOCAL.size))
        start = entry.header + _LOCAL.size + fields[9] + fields[10]
        if entry.is_folder or fields[0] != SIGNATURE or start + entry.packed > self._source.size:
            raise Malformed("has no entry %s where its directory says" % entry.name)
        return start, entry.packed

    def inflated(self, entry: Entry, most: int = _MOST_INFLATED) -> bytes:
        """The entry's contents.  Raises TooLarge beyond `most` bytes."""
        start, length = self.locate(entry)
        if entry.size > most or length > most:
            raise TooLarge("has a compressed %s of %d bytes" % (entry.name, max(entry.size, length)))
        data = self._source.read_at(start, length)
        return data if entry.method == _STORED else _inflate(data, entry)

    def is_stored(self, entry: Entry) -> bool:
        return entry.method == _STORED


def _inflate(data: bytes, entry: Entry) -> bytes:
    engine = zlib.decompressobj(-15)
    try:
        plain = engine.decompress(data, entry.size + 1)
    except zlib.error as error:
        raise Malformed("has a broken entry %s (%s)" % (entry.name, error)) from None
    if len(plain) != entry.size:
        raise Malformed("has an entry %s of another size than its directory says" % entry.name)
    return plain


def _directory(source: Source) -> Tuple[int, int]:
    """Offset and length of the central directory."""
    tail_start = max(0, source.size - _END.size - 0xFFFF)
    tail = source.read_at(tail_start, source.size - tail_start)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise Truncated("is a zip file that breaks off after %d bytes" % source.size)
    size, start = _END.unpack_from(tail, found)[5:7]
    place = tail_start + found
    if size == 0xFFFFFFFF or start == 0xFFFFFFFF or place >= _LOCATOR.size:
        wide = _directory64(source, place)
        if wide is not None:
            size, start = wide
    if start + size > place:
        raise Malformed("is a zip file whose directory is not where its end says")
    if size > _MOST_DIRECTORY:
        raise TooLarge("is a zip file with a directory of %d bytes" % size)
    return start, size


def _directory64(source: Source, end: int) -> Optional[Tuple[int, int]]:
    """Length and offset by the zip64 records, if there are any before the ordinary end at `end`."""
    if end < _LOCATOR.size:
        return None
    signature, _, place, _ = _LOCATOR.unpack(source.read_at(end - _LOCATOR.size, _LOCATOR.size))
    if signature != b"PK\x06\x07" or place + _END64.size > end:
        return None
    fields = _END64.unpack(source.read_at(place, _END64.size))
    return (fields[8], fields[9]) if fields[0] == b"PK\x06\x06" else None


def _entries(directory: bytes) -> Iterator[Entry]:
    place = 0
    while place < len(directory):
        if place + _CENTRAL.size > len(directory):
            raise Malformed("is a zip file with a broken directory")
        fields = _CENTRAL.unpack_from(directory, place)
        if fields[0] != b"PK\x01\x02":
            raise Malformed("is a zip file with a broken directory")
        name_end = place + _CENTRAL.size + fields[10]
        extra_end = name_end + fields[11]
        following = extra_end + fields[12]
        if following > len(directory):
            raise Malformed("is a zip file with a broken directory")
        name = directory[place + _CENTRAL.size : name_end].decode("utf-8", "surrogateescape")
        packed, size, header = _wide(directory[name_end:extra_end], fields[8], fields[9], fields[16])
        yield Entry(name, size, packed, fields[4], header, fields[3], fields[13], bool(fields[15] & _FOLDER))
        place = following


def _wide(extra: bytes, packed: int, size: int, header: int) -> Tuple[int, int, int]:
    """The three numbers, each from the zip64 field where the ordinary one is full."""
    if 0xFFFFFFFF not in (packed, size, header):
        return packed, size, header
    numbers = _zip64_numbers(extra)
    try:
        size = next(numbers) if size == 0xFFFFFFFF else size
        packed = next(numbers) if packed == 0xFFFFFFFF else packed
        header = next(numbers) if header == 0xFFFFFFFF else header
    except StopIteration:
        raise Malformed("is a zip file with a broken zip64 field") from None
    return packed, size, header


def _zip64_numbers(extra: bytes) -> Iterator[int]:
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1:
            field = extra[place + 4 : place + 4 + length]
            return (number for (number,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8]))
        place += 4 + length
    return iter(())


def _check_readable(entry: Entry) -> None:
    """Raises Malformed where torch's own reader gives up."""
    if entry.flags & _ENCRYPTED:
        raise Malformed("holds %s encrypted, which torch cannot read" % entry.name, "unpack it with the password")
    if entry.disk > 1 or entry.method not in (_STORED, _DEFLATED):
        raise Malformed("holds %s in a way that torch cannot read" % entry.name, "pack it again, without compression")


def _check_overlap(entries: "List[Entry]") -> None:
    """Raises Malformed where two entries share bytes."""
    end = 0
    for header, name, packed in sorted((entry.header, entry.name, entry.packed) for entry in entries):
        if header < end:
            raise Malformed("has an entry %s that overlaps another" % name)
        end = header + _LOCAL.size + len(name) + packed


def _check_extent(entry: Entry, directory: int) -> None:
    if entry.header + _LOCAL.size + len(entry.name) + entry.packed > directory:
        raise Malformed("has an entry %s that does not fit into the file" % entry.name)
    if entry.method == _STORED and entry.packed != entry.size:
        raise Malformed("has an entry %s of two sizes" % entry.name)
