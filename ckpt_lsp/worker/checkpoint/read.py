"""The front door: any checkpoint file in, its record out."""

from __future__ import annotations

import os
from typing import Optional

from . import sniff
from .errors import CheckpointError, NotACheckpoint
from .machine import Budget
from .records import Record
from .safetensors import read_safetensors
from .source import Readable, Source, open_source
from .torchzip import read_archive
from .zipped import Archive

__all__ = ["CheckpointError", "read"]


def read(given: Readable, encoding: str = "utf-8", budget: Optional[Budget] = None) -> Record:
    """What is in the file, by path or as a seekable binary stream, which is left where it was.

    `encoding` is that of `torch.load`, for strings from Python 2.  Raises CheckpointError, and what the system says
    of a path: FileNotFoundError, PermissionError and other OSErrors.
    """
    try:
        with open_source(given) as source:
            return _read(source, encoding, budget or Budget())
    except CheckpointError as error:
        error.name = error.name or _name(given)
        raise


def _read(source: Source, encoding: str, budget: Budget) -> Record:
    kind = sniff.sniff(source)
    if kind == sniff.ZIP:
        archive = Archive(source)
        sniff.refuse_foreign_zip(archive)
        return read_archive(source, archive, budget, encoding)
    if kind == sniff.SAFETENSORS:
        return read_safetensors(source)
    raise NotACheckpoint("is %s" % kind)


def _name(given: Readable) -> Optional[str]:
    path = given if isinstance(given, (str, bytes, os.PathLike)) else getattr(given, "name", None)
    return os.path.basename(os.fsdecode(path)) if isinstance(path, (str, bytes, os.PathLike)) else None
