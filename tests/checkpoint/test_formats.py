"""The formats beside torch.save's two: each written by its real library where one writes it, and read back."""

from __future__ import annotations

import io
import json
import pickle
import re
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn
from torch.distributed import checkpoint as distributed
from torch.distributed.checkpoint.format_utils import dcp_to_torch_save
from torch.package import PackageExporter

from ckpt_lsp.worker.checkpoint.errors import ForeignFormat, Malformed, NotACheckpoint, StorageMissing, Truncated
from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.checkpoint.records import DictOf, Record, Tensor

from .rebuilt import describe, rebuild


class Tower(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 3))
        self.register_buffer("mask", torch.ones(3))
        self.register_buffer("scratch", torch.ones(2), persistent=False)
        self.scale = nn.Parameter(torch.ones(1))
        self.sizes = [1, 2]
        self.plain = torch.ones(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x) * self.mask * self.scale + self.plain.sum() + self.sizes[0]


def facts(state: Any) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(key, str(value.dtype).removeprefix("torch."), tuple(value.shape)) for key, value in state.items()]


def listed(record: Record) -> list[tuple[str, str, tuple[int, ...]]]:
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    tensors = [record.node(value) for value in root.values]
    return [(str(k), t.dtype, t.shape) for k, t in zip(root.keys, tensors, strict=True) if isinstance(t, Tensor)]


# -- safetensors ---------------------------------------------------------------------------------------------------


def _every_dtype() -> dict[str, torch.Tensor]:
    dtypes = [
        *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16),
        *(torch.int8, torch.uint8, torch.bool, torch.uint16, torch.uint32, torch.uint64, torch.complex64),
        *(torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e8m0fnu),
    ]
    return {f"t{n}": torch.zeros(n % 3 + 1, 2).to(dtype) for n, dtype in enumerate(dtypes)}


@pytest.mark.parametrize(
    "make",
    [lambda: Tower().state_dict(), _every_dtype, dict, lambda: {"e": torch.empty(0, 3), "s": torch.tensor(1.0)}],
    ids=["module", "dtypes", "nothing", "empty and scalar"],
)
def test_safetensors(make: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    safetensors.torch.save_file(dict(make()), path, metadata={"format": "pt", "é": "\n"})
    record = read(path)
    assert record.format == "safetensors"
    assert listed(record) == facts(safetensors.torch.load_file(path))
    assert dict(record.metadata) == {"format": "pt", "é": "\n"}
    assert Record.from_plain(json.loads(json.dumps(record.to_plain()))) == record


# -- TorchScript -----------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", ["script", "trace"])
def test_torchscript(way: str, tmp_path: Path) -> None:
    model = Tower().eval()
    made = torch.jit.script(model) if way == "script" else torch.jit.trace(model, torch.ones(2, 2))
    path = tmp_path / "model.pt"
    made.save(str(path))
    loaded = torch.jit.load(str(path))
    record = read(path)
    assert record.format == "torchscript"
    assert listed(record) == facts(loaded.state_dict())
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    parameters = [k for k, v in zip(root.keys, root.values, strict=True) if record.node(v).is_parameter]
    assert parameters == [name for name, _ in loaded.named_parameters()]
    assert rebuild(record)._metadata == loaded.state_dict()._metadata


@pytest.mark.filterwarnings("ignore")
def test_torchscript_as_pytorch_1_2_wrote_it(tmp_path: Path) -> None:
    """Storages had a further part, and classes did not say which tensors are buffers."""
    new, old = tmp_path / "new.pt", tmp_path / "old.pt"
    torch.jit.script(Tower().eval()).save(str(new))
    with zipfile.ZipFile(new) as archive, zipfile.ZipFile(old, "w") as aged:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("data.pkl"):
                content = content.replace(b"tQ", b"NtQ")
            if name.endswith(".py"):
                content = re.sub(rb"  __buffers__ = .*\n", b"", content)
            aged.writestr(name, content)
    loaded = torch.jit.load(str(old))
    assert listed(read(old)) == facts(loaded.state_dict())
    assert len(loaded.state_dict()) < len(torch.jit.load(str(new)).state_dict())


# -- sharded ---------------------------------------------------------------------------------------------------


def _shards(folder: Path, suffix: str) -> tuple[dict[str, torch.Tensor], Path]:
    state = dict(Tower().state_dict())
    keys = list(state)
    parts = {f"model-00001-of-00002.{suffix}": keys[:4], f"model-00002-of-00002.{suffix}": keys[4:]}
    for name, part in parts.items():
        held = {key: state[key] for key in part}
        if suffix == "bin":
            torch.save(held, folder / name)
        else:
            safetensors.torch.save_file(held, folder / name)
    weight_map = {key: name for name, part in parts.items() for key in part}
    index = folder / f"model.{suffix}.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}), encoding="utf-8")
    return state, index


@pytest.mark.parametrize("suffix", ["bin", "safetensors"])
def test_sharded(suffix: str, tmp_path: Path) -> None:
    state, index = _shards(tmp_path, suffix)
    record = read(index)
    assert record.format == "sharded"
    assert sorted(listed(record)) == sorted(facts(state))
    assert record.files == (f"model-00001-of-00002.{suffix}", f"model-00002-of-00002.{suffix}")


def test_sharded_with_a_shard_missing_or_broken(tmp_path: Path) -> None:
    _, index = _shards(tmp_path, "bin")
    second = tmp_path / "model-00002-of-00002.bin"
    second.write_bytes(second.read_bytes()[:100])
    with pytest.raises(Truncated, match=r"^model-00002-of-00002\.bin "):
        read(index)
    second.unlink()
    with pytest.raises(StorageMissing, match="lacks its shard model-00002"):
        read(index)


def test_an_index_that_names_itself(tmp_path: Path) -> None:
    index = tmp_path / "a.json"
    index.write_text('{"weight_map": {"a": "a.json"}}', encoding="utf-8")
    with pytest.raises(NotACheckpoint):
        read(index)


# -- torch.distributed.checkpoint --------------------------------------------------------------------------------


def _everything() -> dict[str, Any]:
    model = Tower()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(2, 2)).sum().backward()
    optimizer.step()
    state = {"model": dict(model.state_dict()), "optimizer": optimizer.state_dict()}
    return {**state, "epoch": 3, "mixed": [torch.ones(2), {"lr": 0.1}, "text"], "none": None}


@pytest.mark.filterwarnings("ignore")
def test_distributed_by_one_process(tmp_path: Path) -> None:
    folder, single = tmp_path / "saved", tmp_path / "single.pt"
    distributed.save(_everything(), checkpoint_id=folder)
    dcp_to_torch_save(folder, single)
    record = read(folder)
    assert record.format == "distributed"
    assert record.files == ("__0_0.distcp",)
    loaded = torch.load(single, weights_only=False)
    assert without_memory(describe(rebuild(record))) == without_memory(describe(loaded))


def without_memory(described: Any) -> Any:
    """A distributed checkpoint does not say which tensors shared their storage."""
    if isinstance(described, list) and described[:1] == ["tensor"]:
        return described[:2]
    return [without_memory(item) for item in described] if isinstance(described, list) else described


_RANKS = """
import sys, torch, torch.distributed as dist
from torch.distributed import checkpoint
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Shard, distribute_tensor
rank = int(sys.argv[1])
dist.init_process_group("gloo", init_method="file://" + sys.argv[2] + "/meet", rank=rank, world_size=2)
mesh = init_device_mesh("cpu", (2,))
state = {"model": {"w": distribute_tensor(torch.ones(6, 3), mesh, [Shard(0)]), "b": torch.ones(3)}, "epoch": 1}
checkpoint.save(state, checkpoint_id=sys.argv[2] + "/saved")
dist.destroy_process_group()
"""


def test_distributed_by_two_ranks(tmp_path: Path) -> None:
    ranks = [subprocess.Popen([sys.executable, "-W", "ignore", "-c", _RANKS, str(n), str(tmp_path)]) for n in (0, 1)]
    assert [rank.wait(120) for rank in ranks] == [0, 0]
    record = read(tmp_path / "saved")
    found = {path: (node.dtype, node.shape) for path, node in record.tensors()}
    assert found == {("model", "w"): ("float32", (6, 3)), ("model", "b"): ("float32", (3,))}
    assert sorted(record.files) == ["__0_0.distcp", "__1_0.distcp"]


def test_distributed_with_a_file_missing_or_cut(tmp_path: Path) -> None:
    distributed.save({"w": torch.ones(100)}, checkpoint_id=tmp_path)
    data = tmp_path / "__0_0.distcp"
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(Truncated, match=r"__0_0\.distcp that ends after 100 bytes"):
        read(tmp_path)
    data.unlink()
    with pytest.raises(StorageMissing, match="__0_0"):
        read(tmp_path)


def test_distributed_metadata_that_leads_out(tmp_path: Path) -> None:
    distributed.save({"w": torch.ones(100)}, checkpoint_id=tmp_path)
    metadata = tmp_path / ".metadata"
    metadata.write_bytes(metadata.read_bytes().replace(b"__0_0.distcp", b"../../../pas"))
    with pytest.raises(Malformed):
        read(tmp_path)


# -- tar -------------------------------------------------------------------------------------------------------


def _tar(tmp_path: Path, numel: int = 6) -> Path:
    """As torch 0.3 wrote it; nothing writes it today."""
    storages = pickle.dumps(1, 2) + b"\x80\x02K\x07X\x03\x00\x00\x00cpuctorch\nFloatStorage\n\x87."
    storages += struct.pack("<q", numel) + bytes(4 * numel) + pickle.dumps([], 2)
    tensors = pickle.dumps(1, 2) + b"\x80\x02K\x08K\x07ctorch\nFloatTensor\n\x87."
    tensors += struct.pack("<i4x2q2qq", 2, 2, 3, 3, 1, 0)
    pickled = b"\x80\x02}(X\x01\x00\x00\x00wX\x01\x00\x00\x008QX\x05\x00\x00\x00epochK\x03u."
    path = tmp_path / "old.pth"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in (("sys_info", b""), ("pickle", pickled), ("tensors", tensors), ("storages", storages)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.filterwarnings("ignore")
def test_tar(tmp_path: Path) -> None:
    path = _tar(tmp_path)
    record = read(path)
    assert record.format == "torch tar"
    assert describe(rebuild(record)) == describe(torch.load(path, weights_only=False))


def test_tar_cut_and_too_small(tmp_path: Path) -> None:
    path = _tar(tmp_path, numel=5)
    with pytest.raises(Malformed, match="needs 24 bytes"):
        read(path)
    path.write_bytes(_tar(tmp_path).read_bytes()[:3000])
    with pytest.raises(Truncated):
        read(path)


# -- other libraries ---------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
def test_exported_program(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    with path.open("wb") as file:
        torch.export.save(torch.export.export(nn.Linear(2, 2), (torch.ones(1, 2),)), file)
    with pytest.raises(ForeignFormat, match=r"program of torch\.export; load it with torch\.export\.load"):
        read(path)


def test_package(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    with PackageExporter(path) as exporter:
        exporter.intern("**")
        exporter.save_pickle("model", "model.pkl", torch.ones(2))
    with pytest.raises(ForeignFormat, match=r"torch\.package"):
        read(path)


def test_numpy(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", w=np.ones(2))
    np.save(tmp_path / "a.npy", np.ones(2))
    for name in ("a.npz", "a.npy"):
        with pytest.raises(ForeignFormat, match="NumPy"):
            read(tmp_path / name)


@pytest.mark.parametrize("inside", ["saved_model.pb", "_CHECKPOINT_METADATA"])
def test_foreign_directories(inside: str, tmp_path: Path) -> None:
    (tmp_path / inside).write_bytes(b"x")
    with pytest.raises(ForeignFormat):
        read(tmp_path)


# -- how files are given -----------------------------------------------------------------------------------------


def test_streams_are_left_where_they_were(tmp_path: Path) -> None:
    stream = io.BytesIO(b"head")
    stream.seek(4)
    torch.save({"a": torch.ones(2)}, stream)
    stream.seek(4)
    assert listed(read(stream)) == [("a", "float32", (2,))]
    assert stream.tell() == 4
    path = tmp_path / "x"
    path.write_bytes(stream.getvalue()[4:])
    with path.open("rb") as file:
        assert listed(read(file)) == [("a", "float32", (2,))]
        assert not file.closed


def test_python_2_strings(tmp_path: Path) -> None:
    """torch.load takes them for UTF-8, unless told otherwise."""
    from .hostile import zipped

    path = tmp_path / "old.pth"
    path.write_bytes(zipped(b"\x80\x02U\x02\xe9\xe8."))
    with pytest.raises(Malformed, match="latin1"):
        read(path)
    assert read(path, encoding="latin1").root == "éè"
    assert read(path, encoding="bytes").root == b"\xe9\xe8"
