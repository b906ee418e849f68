"""Why a file could not be read as a checkpoint: one exception type per cause, each with the next step.

`cause` is a predicate to be put after the file's name ("is a Git LFS pointer, not the file itself"), `next_step`
an imperative ("run `git lfs pull`").  A file that is not there or may not be opened stays FileNotFoundError or
PermissionError.
"""

from __future__ import annotations

from typing import Optional


class CheckpointError(Exception):
    """The file cannot be read as a checkpoint."""

    rule = "not-a-checkpoint"
    next_step = "check where the file comes from, or save it again with torch.save"

    def __init__(self, cause: str, next_step: Optional[str] = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.name: Optional[str] = None
        """The file's base name, where it has one."""
        if next_step is not None:
            self.next_step = next_step

    def __str__(self) -> str:
        return printable("%s %s; %s" % (self.name or "the file", self.cause, self.next_step))


_LONGEST = 500


def printable(text: str) -> str:
    """Names come from the file: none may be endless, move the cursor or turn the line round."""
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return "".join([c if c.isprintable() else ascii(c)[1:-1] for c in text])


class GitLfsPointer(CheckpointError):
    """What Git leaves where Git LFS has not fetched the file."""

    next_step = "run `git lfs pull`"


class HtmlPage(CheckpointError):
    """A web page was saved under the checkpoint's name."""

    next_step = "the download failed: fetch the file again, from the direct link"


class EmptyFile(CheckpointError):
    """Nothing in it."""

    next_step = "fetch or save it again"


class Truncated(CheckpointError):
    """The file ends too early."""

    next_step = "the download or the save was cut short: fetch or save it again"


class NotAFile(CheckpointError):
    """A directory, FIFO, device, socket or text stream; it has not been read."""

    next_step = "name a regular file"


class NotACheckpoint(CheckpointError):
    """Something else altogether."""


class ForeignFormat(CheckpointError):
    """Weights, but of another library."""

    rule = "unsupported-format"
    next_step = "load it with the library that wrote it, or convert it"


class Malformed(CheckpointError):
    """A checkpoint that contradicts itself; torch would refuse it, or read beyond what is there."""


class StorageMissing(Malformed):
    """The file speaks of tensor data that it does not hold."""

    next_step = "fetch or save it again"


class TooLarge(CheckpointError):
    """Beyond what an inert reader spends on one file: memory, time, nesting."""

    rule = "unsupported-format"
    next_step = "move what is not weights out of the checkpoint"


NEVER_READ = (EmptyFile, ForeignFormat, GitLfsPointer, HtmlPage, NotACheckpoint, Truncated)
"""What neither torch nor anyone else reads as what the program takes it for."""
