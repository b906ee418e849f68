"""The front door: any checkpoint in, its record out."""

from __future__ import annotations

import contextlib
import gc
import os
from typing import Any, Iterator, Optional

from . import dcp, sniff
from .errors import CheckpointError, NotAFile
from .legacy import read_legacy
from .machine import Budget
from .reading import Job, Reading
from .records import Record
from .safetensors import read_safetensors
from .sharded import read_index
from .source import Readable, Source, open_source
from .tarred import read_tar
from .torchscript import is_torchscript, read_torchscript
from .torchzip import folder_of, read_archive
from .zipped import Archive

__all__ = ["CheckpointError", "read"]


def read(given: Readable, encoding: str = "utf-8", budget: Optional[Budget] = None) -> Record:
    """What is in a file, by path or as a seekable binary stream, which is left where it was; or in a directory of
    torch.distributed.checkpoint.

    `encoding` is that of `torch.load`, for strings from Python 2.  Raises CheckpointError, and what the system says
    of a path: FileNotFoundError, PermissionError and other OSErrors.
    """
    job = Job(budget or Budget(), encoding=encoding)
    try:
        with _no_collection():
            return _reading(given, job).record(job)
    except CheckpointError as error:
        error.name = error.name or _name(given)
        raise


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Looking for garbage among what a file describes finds none and doubles the time; the budget bounds it anyway."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _reading(given: Readable, job: Job) -> Reading:
    if isinstance(given, (str, bytes, os.PathLike)) and os.path.isdir(given):
        return _read_directory(os.fsdecode(given), job)
    with open_source(given) as source:
        return _read(source, job)


def _read(source: Source, job: Job, index_allowed: bool = True) -> Reading:
    kind = sniff.sniff(source)
    if kind == sniff.ZIP:
        return _read_zip(source, job)
    if kind == sniff.SAFETENSORS:
        return read_safetensors(source)
    if kind == sniff.TAR:
        return read_tar(source, job)
    if kind == sniff.JSON and index_allowed:
        return read_index(source, lambda path: _read_shard(path, job))
    return read_legacy(source, job)


def _read_zip(source: Source, job: Job) -> Reading:
    archive = Archive(source)
    sniff.refuse_foreign_zip(archive)
    folder = folder_of(archive)
    if is_torchscript(archive, folder):
        return read_torchscript(source, archive, folder, job)
    return read_archive(source, archive, folder, job)


def _read_shard(path: str, job: Job) -> Reading:
    """An index that names an index would never end."""
    with open_source(path) as source:
        return _read(source, job, index_allowed=False)


def _read_directory(path: str, job: Job) -> Reading:
    metadata = os.path.join(path, dcp.METADATA)
    if not os.path.exists(metadata):
        sniff.refuse_foreign_directory(path)
        raise NotAFile("is a directory", "name the file in it")
    with open_source(metadata) as source:
        return dcp.read_directory(source, path, job, open_source, lambda *part: _read_part(job, *part))


def _read_part(job: Job, source: Source, offset: int, length: int) -> Reading:
    return _read(source.part(offset, length), job, index_allowed=False)


def _name(given: Any) -> Optional[str]:
    path = given if isinstance(given, (str, bytes, os.PathLike)) else getattr(given, "name", None)
    return os.path.basename(os.fsdecode(path)) if isinstance(path, (str, bytes, os.PathLike)) else None
