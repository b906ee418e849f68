"""`ckpt-lsp keys FILE [FILE2]`: what is inside a checkpoint, or what changed between two."""

from __future__ import annotations

from pathlib import Path

from ckpt_lsp.output.excerpt import printable
from ckpt_lsp.output.keys import difference, json, text, text_diff
from ckpt_lsp.output.keys.contents import Contents, contents
from ckpt_lsp.sandbox.reading import read_confined
from ckpt_lsp.worker.checkpoint.errors import CheckpointError


class Unreadable(Exception):
    """A file that is no checkpoint, or not there; the message has the cause and the next step."""


def show(first: Path, second: Path | None, output_format: str) -> bool:
    """Writes to standard output.  False where two files differ.  Raises Unreadable."""
    mine = _contents(first)
    theirs = _contents(second) if second is not None else None
    comparison = difference.compare(mine, theirs) if theirs is not None else None
    if output_format == "json":
        json.write([mine] if theirs is None else [mine, theirs], comparison)
    elif theirs is None or comparison is None:
        text.write(mine)
    else:
        text_diff.write(mine, theirs, comparison)
    return comparison is None or comparison.equal


def _contents(path: Path) -> Contents:
    try:
        return contents(str(path), read_confined(path))
    except CheckpointError as error:
        about = "" if error.name in (None, path.name) else f" {error.name}"
        raise Unreadable(printable(f"{path}:{about} {error.cause}; {error.next_step}")) from None
    except OSError as error:
        raise Unreadable(printable(f"{path}: {error.strerror or error}")) from None
