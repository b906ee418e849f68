"""Files made to hurt whoever reads them, and files that came to harm: name → what writes it to a path."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import torch

Write = Callable[[Path], None]


def good() -> bytes:
    stream = io.BytesIO()
    torch.save({"a.weight": torch.ones(3, 4), "a.bias": torch.ones(3)}, stream)
    return stream.getvalue()


def good_legacy() -> bytes:
    stream = io.BytesIO()
    torch.save({"a.weight": torch.ones(3, 4)}, stream, _use_new_zipfile_serialization=False)
    return stream.getvalue()


def zipped(pickled: bytes, compression: int = zipfile.ZIP_STORED, **entries: bytes) -> bytes:
    """A torch zip file round a pickle; entries are named by what comes after `archive/`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/version", b"3\n")
        for name, content in entries.items():
            archive.writestr("archive/" + name, content)
    return stream.getvalue()


def calling(module: str, name: str, argument: str) -> bytes:
    """The classic: GLOBAL, argument, REDUCE."""
    return b"\x80\x02c%s\n%s\n" % (module.encode(), name.encode()) + text(argument) + b"\x85R."


def text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(data)) + data


def tensor(size: str, stride: str, offset: str = "I0\n", numel: int = 4, key: str = "0") -> bytes:
    """A pickle of one tensor; the numbers are opcodes."""
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu") + b"I%d\ntQ" % numel
    hooks = b"ccollections\nOrderedDict\n)R"
    args = b"(" + storage + offset.encode() + size.encode() + stride.encode() + b"\x89" + hooks + b"t"
    return b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n" + args + b"R."


def payloads(canary: str) -> dict[str, bytes]:
    """Every way to have something called, each of which would create the file `canary`."""
    touch = f"touch {canary}"
    code = f"open({canary!r}, 'w')"
    system = b"cos\nsystem\n"
    return {
        "os.system": calling("os", "system", touch),
        "posix.system": calling("posix", "system", touch),
        "builtins.exec": calling("builtins", "exec", code),
        "builtins.eval": calling("builtins", "eval", code),
        "python 2 eval": calling("__builtin__", "eval", code),
        "runpy": calling("runpy", "_run_code", code),
        "subprocess": b"\x80\x02csubprocess\nPopen\n(]" + text("touch") + b"a" + text(canary) + b"atR.",
        "pip": calling("pip._internal", "main", "install"),
        "bdb": calling("bdb", "Bdb.run", code),
        "timeit": calling("timeit", "timeit", code),
        "pydoc pipe": calling("pydoc", "pipepager", touch),
        "torch compile": calling("torch.jit.unsupported_tensor_ops", "execWrapper", code),
        "torch hub": calling("torch.hub", "load", "evil/repo"),
        "numpy runstring": calling("numpy.testing._private.utils", "runstring", code),
        "asyncio": calling("asyncio.unix_events", "_UnixSubprocessTransport._start", touch),
        "code object": calling("types", "FunctionType", "x"),
        "STACK_GLOBAL": b"\x80\x04" + text("os") + text("system") + b"\x93" + text(touch) + b"\x85R.",
        "STACK_GLOBAL from memo": b"\x80\x04" + text("os") + b"\x940" + text("system") + b"\x940h\x00h\x01\x93"
        b"" + text(touch) + b"\x85R.",
        "nested name": calling("builtins", "getattr.__self__.exec", code),
        "INST": b"(" + b"S'" + touch.encode() + b"'\nios\nsystem\n.",
        "OBJ": b"\x80\x02(" + system + text(touch) + b"o.",
        "NEWOBJ": b"\x80\x02" + system + text(touch) + b"\x85\x81.",
        "NEWOBJ_EX": b"\x80\x04" + system + text(touch) + b"\x85}\x92.",
        "protocol 0": b"cos\nsystem\n(S'" + touch.encode() + b"'\ntR.",
        "popped": b"\x80\x02" + system + text(touch) + b"\x85R0}.",
        "in a dict's key": b"\x80\x02}" + system + text(touch) + b"\x85RK\x01s.",
        "in _metadata": b"\x80\x02ccollections\nOrderedDict\n)R}"
        + text("_metadata")
        + system
        + text(touch)
        + b"\x85Rsb.",
        "as a hook": b"\x80\x02ctorch._utils\n_rebuild_parameter\n(" + system + text(touch) + b"\x85R\x88}tR.",
        "as a persistent id": b"\x80\x02" + system + text(touch) + b"\x85RQ.",
        "getattr chain": b"\x80\x02cbuiltins\ngetattr\ncos\n__dict__\n"
        + text("get")
        + b"\x86R"
        + text("system")
        + b"\x85R"
        + text(touch)
        + b"\x85R.",
        "BUILD on code": b"\x80\x02cckpt_lsp.worker.checkpoint.read\nread\n}"
        + text("__defaults__")
        + b"K\x01K\x02\x86sb.",
        "BUILD on a call": b"\x80\x02cfunctools\npartial\n" + system + b"\x85R(" + system + text(touch) + b"\x85}NtbR.",
        "BUILD by attribute": b"\x80\x02cckpt_lsp.worker.checkpoint.opcodes\nHANDLERS\n(I0\nI1\nd.",
        "SETITEM on code": b"\x80\x02cckpt_lsp.worker.checkpoint.opcodes\nHANDLERS\nK\x2eNs.",
        "APPEND to code": b"\x80\x02cckpt_lsp.worker.checkpoint.opcodes\nCOSTS\nK\x2ea.",
        "EXT1": b"\x80\x02\x82\x01.",
        "NEXT_BUFFER": b"\x80\x05\x97.",
        "broken after the payload": b"\x80\x02" + system + text(touch) + b"\x85R\xff",
    }


def _deep_list() -> bytes:
    return b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b"."


def _deep_tuple() -> bytes:
    return b"\x80\x02)" + b"\x85" * 200_000 + b"."


def _hash_bomb() -> bytes:
    """Each tuple holds the one before twice: hashing the last takes 2**100 steps."""
    level = b"q\x00h\x00\x86" * 100
    return b"\x80\x02}K\x01\x85" + level + b"K\x01s."


def _hash_bomb_members() -> bytes:
    return b"\x80\x04(K\x01\x85" + b"q\x00h\x00\x86" * 100 + b"\x91."


def _colliding_ints() -> bytes:
    modulus = (1 << 61) - 1
    numbers = (modulus * n for n in range(1, 40_000))
    packed = b"".join(b"\x8a\x0c" + number.to_bytes(12, "little") + b"N" for number in numbers)
    return b"\x80\x02}(" + packed + b"u."


def _dag() -> bytes:
    return b"\x80\x02]q\x00" + b"]q\x01h\x00ah\x00aq\x00" * 30 + b"."


def million_keys() -> bytes:
    return b"\x80\x02}(" + b"".join(text(f"k{n}") + b"K\x01" for n in range(1_000_000)) + b"u."


def _deflated_bomb() -> bytes:
    """Two gigabytes of EMPTY_LIST in two megabytes."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = engine.compress(b"]" * (1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
    again = engine.compress(b"]" * (1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
    body = block + again * 2047 + engine.flush()
    return _raw_zip(body, 2048 << 20)


def _raw_zip(body: bytes, size: int) -> bytes:
    """A deflated data.pkl that claims `size`, and a version."""
    local = central = b""
    for name, content, method, claim in (("data.pkl", body, 8, size), ("version", b"3", 0, 1)):
        path = b"archive/" + name.encode()
        fields = (20, 0, method, 0, 0, 0, len(content), claim, len(path), 0)
        central += b"PK\x01\x02" + struct.pack("<6H3L5H2L", 20, *fields, 0, 0, 0, 0, len(local)) + path
        local += b"PK\x03\x04" + struct.pack("<5H3L2H", *fields) + path + content
    return local + central + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 2, 2, len(central), len(local), 0)


def _lying_size() -> bytes:
    """Says that it inflates to 10 bytes, and inflates to 100 MB."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return _raw_zip(engine.compress(b"]" * (100 << 20)) + engine.flush(), 10)


def _metadata_loop() -> bytes:
    return b"\x80\x02ccollections\nOrderedDict\n)Rq\x00}" + text("_metadata") + b"h\x00sb."


def _safetensors(header: bytes, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + data


def _deep_json() -> bytes:
    return _safetensors(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}")


def _zip_without(name: str) -> bytes:
    return _rewritten(lambda entry, content: None if entry.endswith(name) else content)


def _rewritten(change: Callable[[str, bytes], bytes | None], *more: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in more:
            new.writestr(name, content)
    return stream.getvalue()


def _flip(data: bytes, signature: bytes, offset: int, bit: int) -> bytes:
    changed, place = bytearray(data), -1
    while (place := changed.find(signature, place + 1)) >= 0:
        changed[place + offset] ^= bit
    return bytes(changed)


# what → (bytes, the error's class name, or None where the file can be listed)
LISTED, EITHER = None, "TooLarge where the machine is slow"
BOMBS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "deep list": (lambda: zipped(_deep_list()), LISTED),
    "deep tuple": (lambda: zipped(_deep_tuple()), LISTED),
    "deep calls": (lambda: zipped(b"\x80\x02" + b"cos\nsystem\n" * 50_000 + b")" + b"R\x85" * 50_000 + b"."), LISTED),
    "deep dicts": (lambda: zipped(b"\x80\x02" + b"}K\x01" * 50_000 + b"N" + b"s" * 50_000 + b"."), LISTED),
    "deep sets": (lambda: zipped(b"\x80\x04" + b"(" * 50_000 + b"N" + b"\x91" * 50_000 + b"."), LISTED),
    "deep attributes": (
        lambda: zipped(
            b"\x80\x02" + (b"ccollections\nOrderedDict\n)R}" + text("a")) * 20_000 + b"N" + b"sb" * 20_000 + b"."
        ),
        LISTED,
    ),
    "hash bomb": (lambda: zipped(_hash_bomb()), LISTED),
    "hash bomb in a frozen set": (lambda: zipped(_hash_bomb_members()), LISTED),
    "colliding keys": (lambda: zipped(_colliding_ints()), LISTED),
    "shared dag": (lambda: zipped(_dag()), LISTED),
    "million keys": (lambda: zipped(million_keys()), EITHER),
    "million lists": (lambda: zipped(b"\x80\x02" + b"]" * 20_000_000 + b"."), "TooLarge"),
    "million marks": (lambda: zipped(b"\x80\x02" + b"(" * 20_000_000 + b"."), "TooLarge"),
    "million dups": (lambda: zipped(b"\x80\x02N" + b"2" * 30_000_000 + b"."), "TooLarge"),
    "million frames": (lambda: zipped(b"\x80\x04" + (b"\x95" + bytes(8)) * 5_000_000 + b"N."), "TooLarge"),
    "deflated bomb": (_deflated_bomb, "TooLarge"),
    "lying size": (_lying_size, "Malformed"),
    "memo index": (lambda: zipped(b"\x80\x02Nr\xff\xff\xff\xff."), LISTED),
    "memo index in text": (lambda: zipped(b"Np99999999999999999999\n."), LISTED),
    "negative memo index": (lambda: zipped(b"Np-1\n."), "Malformed"),
    "64 GB of bytes": (lambda: zipped(b"\x80\x04\x8e" + struct.pack("<Q", 64 << 30) + b"."), "Truncated"),
    "4 GB of text": (lambda: zipped(b"\x80\x02X\xff\xff\xff\xff."), "Truncated"),
    "negative length": (lambda: zipped(b"\x80\x02T\xff\xff\xff\xff."), "Malformed"),
    "huge integer": (
        lambda: zipped(b"\x80\x02\x8b" + struct.pack("<i", 10 << 20) + b"\x7f" * (10 << 20) + b"."),
        LISTED,
    ),
    "huge integer in text": (lambda: zipped(b"L" + b"9" * 10_000_000 + b"L\n."), "Malformed"),
    "endless line": (lambda: zipped(b"c" + b"a" * 10_000_000), "Malformed"),
    "self-containing metadata": (lambda: zipped(_metadata_loop()), LISTED),
    "negative size": (lambda: zipped(tensor("(I-1\nt", "(I1\nt"), **{"data/0": bytes(16)}), "Malformed"),
    "enormous size": (lambda: zipped(tensor("(L1125899906842624L\nt", "(I1\nt"), **{"data/0": bytes(16)}), "Malformed"),
    "enormous stride": (
        lambda: zipped(tensor("(I2\nt", "(L1125899906842624L\nt"), **{"data/0": bytes(16)}),
        "Malformed",
    ),
    "stride 0": (lambda: zipped(tensor("(L1125899906842624L\nt", "(I0\nt"), **{"data/0": bytes(16)}), LISTED),
    "beyond the storage": (lambda: zipped(tensor("(I4\nt", "(I1\nt", "I1\n"), **{"data/0": bytes(16)}), "Malformed"),
    "text for a size": (lambda: zipped(tensor("(S'x'\nt", "(I1\nt"), **{"data/0": bytes(16)}), "Malformed"),
    "a million dimensions": (
        lambda: zipped(tensor("(" + "I1\n" * 1_000_000 + "t", "(I1\nt"), **{"data/0": bytes(16)}),
        "Malformed",
    ),
    "storage missing": (lambda: zipped(tensor("(I4\nt", "(I1\nt")), "StorageMissing"),
    "storage too small": (lambda: zipped(tensor("(I4\nt", "(I1\nt"), **{"data/0": bytes(8)}), "Malformed"),
    "storage of 4 TB": (
        lambda: zipped(tensor("(I4\nt", "(I1\nt", numel=1 << 40), **{"data/0": bytes(16)}),
        "Malformed",
    ),
    "storage outside": (lambda: zipped(tensor("(I4\nt", "(I1\nt", key="../../x")), "StorageMissing"),
    "zip of many entries": (lambda: _many_entries(250_000), "TooLarge"),
    "zip of fewer entries": (lambda: _many_entries(150_000), LISTED),
    "JSON of many objects": (lambda: _safetensors(b'{"a":[' + b"{}," * 3_000_000 + b"1]}"), "TooLarge"),
    "JSON of many strings": (lambda: _safetensors(b'{"a":[' + b'"aa",' * 2_000_000 + b"1]}"), "Malformed"),
    "deep JSON": (_deep_json, "Malformed"),
    "safetensors header of 2**60": (lambda: struct.pack("<Q", 1 << 60) + b"{}", "TooLarge"),
    "safetensors overlap": (
        lambda: _safetensors(
            b'{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
            b"abc",
        ),
        "Malformed",
    ),
    "safetensors sizes multiply": (
        lambda: _safetensors(
            b'{"a":{"dtype":"U8","shape":[' + b",".join([b"9223372036854775807"] * 60) + b'],"data_offsets":[0,1]}}',
            b"a",
        ),
        "Malformed",
    ),
}

BROKEN: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "empty": (lambda: b"", "EmptyFile"),
    "one byte of zip": (lambda: good()[:1], "Truncated"),
    "one byte of legacy": (lambda: good_legacy()[:1], "Truncated"),
    "half": (lambda: good()[: len(good()) // 2], "Truncated"),
    "all but one byte": (lambda: good()[:-1], "Truncated"),
    "half of legacy": (lambda: good_legacy()[: len(good_legacy()) // 2], "Truncated"),
    "legacy but one byte": (lambda: good_legacy()[:-1], "Truncated"),
    "LFS pointer": (
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
        "GitLfsPointer",
    ),
    "HTML": (lambda: b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>", "HtmlPage"),
    "XML error": (lambda: b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "HtmlPage"),
    "text": (lambda: b"hello world, this is no checkpoint\n" * 3, "NotACheckpoint"),
    "JSON": (lambda: b'{"hidden_size": 768}', "NotACheckpoint"),
    "zeros": (lambda: bytes(4096), "NotACheckpoint"),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "NotACheckpoint"),
    "gzip": (lambda: b"\x1f\x8b\x08" + bytes(100), "NotACheckpoint"),
    "plain pickle": (lambda: pickle.dumps({"a": 1}), "NotACheckpoint"),
    "pickle with arrays between": (lambda: b"\x80\x04]\x94\x06" + bytes(100), "NotACheckpoint"),
    "plain pickle, protocol 0": (lambda: pickle.dumps({"a": 1}, 0), "NotACheckpoint"),
    "zip of something": (lambda: _plain_zip({"readme.txt": b"x"}), "NotACheckpoint"),
    "empty zip": (lambda: _plain_zip({}), "NotACheckpoint"),
    "GGUF": (lambda: b"GGUF\x03\0\0\0" + bytes(100), "ForeignFormat"),
    "HDF5": (lambda: b"\x89HDF\r\n\x1a\n" + bytes(100), "ForeignFormat"),
    "npy": (lambda: b"\x93NUMPY\x01\0" + bytes(100), "ForeignFormat"),
    "npz": (lambda: _plain_zip({"a.npy": b"\x93NUMPY"}), "ForeignFormat"),
    "Keras": (lambda: _plain_zip({"config.json": b"{}", "model.weights.h5": b""}), "ForeignFormat"),
    "flax": (lambda: b"\x82\xa6params\x81\xa1w\x01\xa1b\x02", "ForeignFormat"),
    "TensorFlow index": (lambda: bytes(100) + bytes.fromhex("57fb808b247547db"), "ForeignFormat"),
    "TensorFlow list": (lambda: b'model_checkpoint_path: "model.ckpt-1"\n', "ForeignFormat"),
    "ONNX": (lambda: b"\x08\x08\x12\x07pytorch\x1a\x052.1.0" + bytes(100), "ForeignFormat"),
    "TFLite": (lambda: b"\x1c\0\0\0TFL3" + bytes(100), "ForeignFormat"),
    "bad CRC": (lambda: _flip(good(), b"PK\x01\x02", 16, 1), LISTED),
    "version-needed flag": (lambda: _flip(good(), b"PK\x01\x02", 6, 1), LISTED),
    "password bit": (lambda: _flip(good(), b"PK\x01\x02", 8, 1), "Malformed"),
    "trailing bytes": (lambda: good() + b"more" * 10, LISTED),
    "deflated": (lambda: _deflated(), LISTED),
    "duplicate data.pkl": (lambda: _rewritten(lambda _, c: c, ("archive/data.pkl", b"N.")), "Malformed"),
    "duplicate storage": (lambda: _rewritten(lambda _, c: c, ("archive/data/0", bytes(48))), "Malformed"),
    "nested data.pkl": (lambda: _rewritten(lambda _, c: c, ("archive/archive/data.pkl", b"N.")), LISTED),
    "no data.pkl": (lambda: _zip_without("data.pkl"), "NotACheckpoint"),
    "no version": (lambda: _zip_without("version"), "Malformed"),
    "no storage": (lambda: _zip_without("data/0"), "StorageMissing"),
    "short storage": (lambda: _rewritten(lambda n, c: c[:-4] if n.endswith("data/0") else c), "Malformed"),
    "list for a key": (lambda: zipped(b"\x80\x02}]Ns."), "Malformed"),
    "list in a key": (lambda: zipped(b"\x80\x02}]\x85Ns."), "Malformed"),
    "dict in a set": (lambda: zipped(b"\x80\x04\x8f(}\x90."), "Malformed"),
    "unknown layout": (
        lambda: zipped(b"\x80\x02ctorch._utils\n_rebuild_sparse_tensor\n(" + text("sparse") + b")tR."),
        "Malformed",
    ),
    "odd byte order": (lambda: _rewritten(lambda n, c: b"middle" if n.endswith("byteorder") else c), "Malformed"),
    "entry beyond the end": (lambda: _flip(good(), b"PK\x01\x02", 23, 0x7F), "Malformed"),
    "polyglot": (lambda: b"#!/bin/sh\n" + good(), "NotACheckpoint"),
    "unknown protocol": (lambda: b"\x80\x63" + bytes(100), "NotACheckpoint"),
    "not UTF-8": (lambda: zipped(b"\x80\x02X\x02\x00\x00\x00\xff\xfe."), "Malformed"),
    "stack empty": (lambda: zipped(b"\x80\x02."), "Malformed"),
    "no mark": (lambda: zipped(b"\x80\x02t."), "Malformed"),
    "unknown opcode": (lambda: zipped(b"\x80\x02\xff."), "Malformed"),
    "no STOP": (lambda: zipped(b"\x80\x02N"), "Truncated"),
    "safetensors cut": (lambda: _cut_safetensors(), "Truncated"),
    "safetensors with more": (
        lambda: _safetensors(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', b"ab"),
        "Malformed",
    ),
    "index of nothing": (lambda: b'{"weight_map": {"a": "missing.bin"}}', "StorageMissing"),
    "index that leads out": (lambda: b'{"weight_map": {"a": "../../etc/passwd"}}', "Malformed"),
}


def _many_entries(count: int) -> bytes:
    """A good file, with so many entries more, of nothing."""
    made = zipped(b"\x80\x02N.")
    start, end = made.index(b"PK\x01\x02"), made.index(b"PK\x05\x06")
    local, central = made[:start], bytearray(made[start:end])
    for number in range(count):
        name = b"archive/%06x" % number
        place = len(local) + (30 + len(name)) * number
        central += b"PK\x01\x02" + struct.pack("<6H3L5H2L", *[0] * 9, len(name), *[0] * 5, place) + name
    local += bytes(44 * count)
    return local + central + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0, 0, len(central), len(local), 0)


def _plain_zip(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _deflated() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return stream.getvalue()


def _cut_safetensors() -> bytes:
    return _safetensors(b'{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}', b"ab")


def fifo(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path)
