"""`ckpt-lsp.lock`: what load sites need to know of checkpoints, as a text file to commit.

`entry` reduces a record to what verdicts depend on, `write` and `parse` are the file.  A lock comes from a
repository: nothing in it is believed.
"""

from .entries import Entry, Lock, entry
from .errors import LockError
from .parse import parse
from .reduce import UNRECORDED, reduced
from .write import write

NAME = "ckpt-lsp.lock"

__all__ = ["NAME", "UNRECORDED", "Entry", "Lock", "LockError", "entry", "parse", "reduced", "write"]
