"""The lock of one workspace as it is on disk."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

from .entries import Lock
from .errors import LockError
from .parse import parse
from .write import write

NAME = "ckpt-lsp.lock"

MOST_BYTES = 64 * 1024 * 1024
"""A longer file is not read."""

Stamp = tuple[int, int, int] | None


class LockFile:
    """Read when it is asked for, and again when it has changed.  Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.path = root / NAME
        self._mutex = threading.Lock()
        self._stamp: Stamp = None
        self._lock: Lock | LockError = Lock()

    def read(self) -> Lock:
        """An empty one where there is no file.  Raises LockError."""
        with self._mutex:
            stamp = self._now()
            if stamp != self._stamp:
                self._lock, self._stamp = self._parsed(), stamp
            if isinstance(self._lock, LockError):
                raise self._lock
            return self._lock

    def text(self) -> str:
        """Raises LockError."""
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise LockError(1, "begins more text than a lock has", "write it again with `ckpt-lsp lock`")
            return self.path.read_bytes().decode()
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise LockError(line, "is not UTF-8") from None
        except OSError as error:
            raise LockError(1, f"cannot be read: {error.strerror}", "make the file readable") from None

    def write(self, lock: Lock) -> None:
        """Whole or not at all.  Raises OSError."""
        descriptor, draft = tempfile.mkstemp(prefix=f".{NAME}-", dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(write(lock))
            os.chmod(draft, 0o644)  # noqa: PTH101
            os.replace(draft, self.path)  # noqa: PTH105
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise

    def _parsed(self) -> Lock | LockError:
        try:
            text = self.text()
            return parse(text) if text else Lock()
        except LockError as error:
            return error

    def _now(self) -> Stamp:
        try:
            state = self.path.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size, state.st_ino
