"""Why a lock could not be read."""

from __future__ import annotations


class LockError(Exception):
    """The text is no lock.  `line` is 1-based, `cause` a predicate, `next_step` an imperative."""

    def __init__(self, line: int, cause: str, next_step: str = "write it again with `ckpt-lsp lock`") -> None:
        super().__init__(f"line {line} {cause}; {next_step}")
        self.line = line
        self.cause = cause
        self.next_step = next_step
