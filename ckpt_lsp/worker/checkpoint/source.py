"""A file's bytes, by position: opened once, never read whole, refused unread where it is no regular file."""

from __future__ import annotations

import io
import os
import stat
from typing import BinaryIO, Union

from .errors import NotAFile, Truncated

Readable = Union[str, "os.PathLike[str]", BinaryIO]


class Source:
    """Random access to a regular file or a seekable binary stream; a context manager."""

    def __init__(self, file: BinaryIO, path: "str | None", start: int, size: int, owned: bool = False) -> None:
        self._file = file
        self._owned = owned
        self._start = start
        self.path = path
        """Absolute, or None for a stream without a name."""
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes.  Raises Truncated if there are fewer."""
        data = self.some_at(offset, length)
        if len(data) < length:
            raise Truncated("ends after %d bytes, where %d are needed" % (self.size, offset + length))
        return data

    def some_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes, fewer at the end of the file."""
        length = max(0, min(length, self.size - offset))
        self._file.seek(self._start + offset)
        return self._file.read(length)

    def part(self, offset: int, length: int) -> "Source":
        """A stretch of the file as if it were one of its own."""
        return Source(self._file, None, self._start + offset, min(length, self.size - offset))

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        if self._owned:
            self._file.close()
        else:
            self._file.seek(self._start)


def open_source(given: Readable) -> Source:
    """Raises NotAFile, FileNotFoundError, PermissionError and other OSErrors of the system."""
    if isinstance(given, (str, bytes, os.PathLike)):
        return _open_path(os.fsdecode(given))
    return _wrap(given)


def _open_path(path: str) -> Source:
    _refuse_special(os.stat(path).st_mode)
    # Not to be held up if a FIFO took the file's place in between.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(descriptor, "rb", buffering=0)
    try:
        _refuse_special(os.fstat(descriptor).st_mode)
        return Source(file, os.path.abspath(path), 0, file.seek(0, os.SEEK_END), owned=True)
    except BaseException:
        file.close()
        raise


def _wrap(stream: BinaryIO) -> Source:
    if isinstance(stream, io.TextIOBase) or not hasattr(stream, "read") or not hasattr(stream, "seek"):
        raise NotAFile("is not a binary stream that can seek", 'open it with mode "rb"')
    try:
        _refuse_special(os.fstat(stream.fileno()).st_mode)
    except (AttributeError, io.UnsupportedOperation):
        pass  # io.BytesIO and its like
    name = getattr(stream, "name", None)
    start = stream.tell()
    size = max(0, stream.seek(0, os.SEEK_END) - start)
    return Source(stream, os.path.abspath(name) if isinstance(name, str) else None, start, size)


_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def _refuse_special(mode: int) -> None:
    for is_kind, words in _KINDS:
        if is_kind(mode):
            raise NotAFile("is %s" % words)
