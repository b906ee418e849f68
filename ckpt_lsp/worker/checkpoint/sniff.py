"""What a file is, by its contents and never by its name."""

from __future__ import annotations

import os
import re
from typing import Callable, List, Tuple

from . import zipped
from .errors import CheckpointError, EmptyFile, ForeignFormat, GitLfsPointer, HtmlPage, NotACheckpoint, Truncated
from .safetensors import header_length
from .source import Source
from .zipped import Archive

ZIP, SAFETENSORS, TAR, PICKLE, JSON = "zip", "safetensors", "tar", "pickle", "json"
_START = 1024
_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*(<!doctype html|<html|<head|<\?xml|<!--)", re.IGNORECASE)
_TABLE_END = bytes.fromhex("57fb808b247547db")
"""The last bytes of TensorFlow's `.index` files."""


def sniff(source: Source) -> str:
    """One of the constants above.  Raises the CheckpointError that says what else it is."""
    if source.size == 0:
        raise EmptyFile("is empty")
    start = source.some_at(0, _START)
    for recognises, error in _OTHERS:
        if recognises(start):
            raise error()
    if source.size >= 8 and source.read_at(source.size - 8, 8) == _TABLE_END:
        raise ForeignFormat("is the index of a TensorFlow checkpoint")
    return _kind(source, start)


def _kind(source: Source, start: bytes) -> str:
    if start.startswith(zipped.SIGNATURE):
        return ZIP
    if start[257:262] == b"ustar":
        return TAR
    if header_length(source) > 0:
        return SAFETENSORS
    if start.lstrip()[:1] == b"{":
        return JSON
    if _may_be_pickle(start):
        return PICKLE
    if zipped.SIGNATURE.startswith(start):
        raise Truncated("breaks off after %d bytes" % source.size)
    raise NotACheckpoint("is no checkpoint: it begins with %r" % start[:16])


def _may_be_pickle(start: bytes) -> bool:
    if start[:1] == b"\x80":
        return len(start) < 2 or start[1] <= 5
    return start[:1] in (b"L", b"I", b"(", b"c", b"]", b"}", b"K", b"J", b"M", b"\x8a")


def refuse_foreign_zip(archive: Archive) -> None:
    """Raises ForeignFormat for a zip file that holds weights, but is not for torch.load."""
    names = list(archive.entries)
    if names and all(name.endswith(".npy") for name in names):
        raise ForeignFormat("is a NumPy .npz file", "load it with numpy.load")
    inside = {name.partition("/")[2] for name in names}
    for name, what, loader in _ZIPS:
        if name in inside or name in archive.entries:
            raise ForeignFormat("is %s" % what, "load it with %s" % loader)


_ZIPS = (
    ("model.weights.h5", "a Keras model", "keras.models.load_model"),
    ("archive_format", "a program of torch.export", "torch.export.load"),
    (".data/extern_modules", "a package of torch.package", "torch.package.PackageImporter"),
)


def refuse_foreign_directory(path: str) -> None:
    """Raises ForeignFormat for a directory that another library's weights are in."""
    for name, error in _DIRECTORIES:
        if os.path.exists(os.path.join(path, name)):
            raise error()


def _magic(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(magics)


def _tflite(start: bytes) -> bool:
    return start[4:8] == b"TFL3"


def _msgpack(start: bytes) -> bool:
    """A map whose first key is a string, which is how flax's files begin."""
    wide = {0xDE: 3, 0xDF: 5}.get(start[0])
    if wide is None and not 0x81 <= start[0] <= 0x8F:
        return False
    key = start[wide or 1 : (wide or 1) + 1]
    return b"\xa0" <= key <= b"\xbf" or key in (b"\xd9", b"\xda")


def _onnx(start: bytes) -> bool:
    """Field 1, the version, then field 2, the name of the program that wrote it; a pickle begins otherwise."""
    return start[:1] == b"\x08" and start[2:3] == b"\x12" and start[4:20].isascii()


def _foreign(what: str) -> Callable[[], CheckpointError]:
    return lambda: ForeignFormat("is %s" % what)


def _packed(what: str) -> Callable[[], CheckpointError]:
    return lambda: NotACheckpoint("is compressed by %s" % what, "decompress it first")


_DIRECTORIES: List[Tuple[str, Callable[[], CheckpointError]]] = [
    ("saved_model.pb", _foreign("a TensorFlow SavedModel")),
    ("_CHECKPOINT_METADATA", _foreign("an Orbax checkpoint (flax)")),
    ("manifest.ocdbt", _foreign("an Orbax checkpoint (flax)")),
]

_OTHERS: List[Tuple[Callable[[bytes], bool], Callable[[], CheckpointError]]] = [
    (_magic(b"version https://git-lfs"), lambda: GitLfsPointer("is a Git LFS pointer, not the file itself")),
    (lambda start: _HTML.match(start) is not None, lambda: HtmlPage("is a web page, not a checkpoint")),
    (_magic(b"GGUF", b"FUGG"), _foreign("a GGUF file, as llama.cpp uses it")),
    (_magic(b"lmgg", b"tjgg", b"fmgg"), _foreign("a GGML file, as llama.cpp used it")),
    (_magic(b"\x89HDF\r\n\x1a\n"), _foreign("an HDF5 file, as Keras writes it")),
    (_magic(b"\x93NUMPY"), _foreign("a NumPy array")),
    (_onnx, _foreign("an ONNX model")),
    (_magic(b"model_checkpoint_path"), _foreign("the list of a TensorFlow checkpoint's files")),
    (_tflite, _foreign("a TensorFlow Lite model")),
    (_msgpack, _foreign("a flax checkpoint (msgpack)")),
    (_magic(b"\x1f\x8b"), _packed("gzip")),
    (_magic(b"BZh"), _packed("bzip2")),
    (_magic(b"\xfd7zXZ\0"), _packed("xz")),
    (_magic(b"\x28\xb5\x2f\xfd"), _packed("zstd")),
    (_magic(b"7z\xbc\xaf\x27\x1c", b"Rar!"), _packed("7-Zip or RAR")),
    (_magic(b"PK\x05\x06"), lambda: NotACheckpoint("is an empty zip file")),
]
