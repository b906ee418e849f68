"""How the pool tells a worker what it is: one JSON object on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import List, Optional

from .protocol import from_plain


@dataclass(frozen=True)
class Options:
    """What a worker needs to know before its first frame."""

    read: int
    """Descriptor that frames come in by."""
    write: int
    """Descriptor that frames go out by."""
    scratch: str
    """Private folder; each dry run gets one of its own below it."""
    file_bytes: int = 32 * 1024 * 1024
    """The longest file that a dry run may write."""
    no_processes: bool = True
    """Dry runs may start threads, but no processes.  Needs seccomp."""
    readable: Optional[List[str]] = None
    """What a dry run may read, where Landlock parts it from the scratch of the others; else None."""
    fork: bool = True
    """Dry runs are forked off the worker; else each is a process of its own, spawned ahead."""
    ahead: int = 2
    """How many of those wait for a job."""
    parent: Optional[int] = None
    """Of such a process, and set in it alone."""
    preload: List[str] = field(default_factory=list)
    """What such a process imports before it has a job."""
    site_folders: List[str] = field(default_factory=list)
    """The user's own site-packages, which `-I` leaves out."""


def pack(options: Options) -> str:
    return json.dumps(asdict(options), separators=(",", ":"))


def unpack(text: str) -> Options:
    """Raises ProtocolError or ValueError."""
    return from_plain(Options, json.loads(text))
