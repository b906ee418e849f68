"""Every saved object, read inertly, is what torch.load makes of it: keys, shapes, dtypes, sharing, attributes."""

from __future__ import annotations

import io
import json
import pickle
import types
import warnings
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch

from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.checkpoint.records import Record

from .objects import ALL, REJECTED, SAFE
from .rebuilt import describe, rebuild

ZIP, LEGACY = "torch zip", "torch legacy"
_ZIP_ONLY = {"storage", "nested tensor", "new dtypes"}
"""torch cannot save, or not load, these in its old format."""
CASES = [(name, kind) for name in ALL for kind in (ZIP, LEGACY) if kind == ZIP or name not in _ZIP_ONLY]


def save(name: str, kind: str) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        torch.save(ALL[name](), stream, _use_new_zipfile_serialization=kind == ZIP)
    return stream.getvalue()


@pytest.mark.parametrize(("name", "kind"), CASES, ids=lambda value: str(value))
@pytest.mark.filterwarnings("ignore")
def test_equal_to_torch(name: str, kind: str, tmp_path: Path) -> None:
    data = save(name, kind)
    path = tmp_path / "file.any"
    path.write_bytes(data)
    record = read(path)
    assert record.format == kind
    loaded, imported = load_and_watch(data)
    assert describe(rebuild(record)) == describe(loaded)
    assert _without_storages(record.globals) == _without_storages(imported)
    assert read(io.BytesIO(data)) == record
    assert Record.from_plain(json.loads(json.dumps(record.to_plain()))) == record


def _without_storages(names: Iterable[str]) -> list[str]:
    """torch's own unpickler looks most storage classes up without importing them."""
    return [name for name in names if "Storage" not in name]


def load_and_watch(data: bytes) -> tuple[Any, list[str]]:
    """What torch.load makes of it, and the globals it imports on the way."""
    imported: list[str] = []

    class Unpickler(pickle._Unpickler):  # type: ignore[name-defined,misc]
        def find_class(self, module: str, name: str) -> Any:
            found = super().find_class(module, name)
            if self.proto < 3 and (module, name) in NAME_MAPPING:
                module, name = NAME_MAPPING[module, name]
            elif self.proto < 3:
                module = IMPORT_MAPPING.get(module, module)
            imported.append(f"{module}.{name}")
            return found

    watching = types.SimpleNamespace(Unpickler=Unpickler, load=pickle.load, __name__="pickle")
    loaded = torch.load(io.BytesIO(data), pickle_module=watching, weights_only=False)
    return loaded, list(dict.fromkeys(imported))


@pytest.mark.parametrize("name", list(REJECTED))
@pytest.mark.filterwarnings("ignore")
def test_the_globals_explain_what_weights_only_rejects(name: str) -> None:
    data = save(name, ZIP)
    with pytest.raises(pickle.UnpicklingError):
        torch.load(io.BytesIO(data), weights_only=True)
    allowed = torch._weights_only_unpickler._get_allowed_globals()
    assert [item for item in read(io.BytesIO(data)).globals if item not in allowed]


@pytest.mark.parametrize("name", list(SAFE))
@pytest.mark.filterwarnings("ignore")
def test_what_weights_only_accepts_has_only_allowed_globals(name: str) -> None:
    data = save(name, ZIP)
    torch.load(io.BytesIO(data), weights_only=True)
    allowed = torch._weights_only_unpickler._get_allowed_globals()
    assert [item for item in read(io.BytesIO(data)).globals if item not in allowed] == []
