"""`ckpt-lsp.lock`: what load sites need to know of checkpoints, as a text file to commit.

`entry` reduces a record to what verdicts depend on, `write` and `parse` are the file.  A lock comes from a
repository: nothing in it is believed.
"""

from .difference import difference
from .disk import NAME, LockFile
from .entries import Entry, Folder, Lock, entry, folder
from .errors import LockError
from .parse import parse
from .reduce import UNRECORDED, recorded, reduced
from .write import write

__all__ = [
    "NAME",
    "UNRECORDED",
    "Entry",
    "Folder",
    "Lock",
    "LockError",
    "LockFile",
    "difference",
    "entry",
    "folder",
    "parse",
    "recorded",
    "reduced",
    "write",
]
