"""Reading what is in a checkpoint, without its weights: the inert reader against torch's and safetensors' own ways.

Each way and size in a process of its own: the first call from the process's start, then the median of warm calls,
and the peak of memory.  The files hold the tensors of a transformer; those beyond 2 GB are sparse.
"""

from __future__ import annotations

import json
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

WARM = 7
LAYERS = 24
SIZES = {"1 MB": 1 << 20, "100 MB": 100 << 20, "2 GB": 2 << 30, "50 GB": 50 << 30}


def ours(path: str) -> None:
    from ckpt_lsp.worker.checkpoint.read import read

    read(path)


def on_meta(path: str) -> None:
    import torch

    torch.load(path, map_location="meta")


def mapped(path: str) -> None:
    import torch

    torch.load(path, mmap=True)


def opened(path: str) -> None:
    import safetensors

    with safetensors.safe_open(path, "pt") as file:
        for key in file.keys():  # noqa: SIM118
            part = file.get_slice(key)
            part.get_shape(), part.get_dtype()


WAYS: dict[str, tuple[str, Callable[[str], None]]] = {
    "ckpt-lsp, torch zip": (".pt", ours),
    'torch.load(map_location="meta")': (".pt", on_meta),
    "torch.load(mmap=True)": (".pt", mapped),
    "ckpt-lsp, safetensors": (".safetensors", ours),
    'safe_open("pt")': (".safetensors", opened),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for size, total in SIZES.items():
            stem = Path(folder) / size.replace(" ", "")
            subprocess.run([sys.executable, __file__, "write", str(stem), str(total)], check=True)
            tell(size, {way: measure(way, f"{stem}{suffix}") for way, (suffix, _) in WAYS.items()})
            for suffix in (".pt", ".safetensors"):
                stem.with_suffix(suffix).unlink()


def measure(way: str, path: str) -> dict[str, float] | str:
    started = time.perf_counter()
    command = [sys.executable, __file__, "read", way, path, str(started)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1][:60]
    found: dict[str, float] = json.loads(done.stdout)
    return found


def tell(size: str, found: dict[str, dict[str, float] | str]) -> None:
    print(f"{size:8} {'first call':>12} {'warm':>10} {'memory':>9}   {LAYERS * 12} tensors")
    for way, result in found.items():
        if isinstance(result, str):
            print(f"  {way:34} {result}")
            continue
        base = found["ckpt-lsp, torch zip" if WAYS[way][0] == ".pt" else "ckpt-lsp, safetensors"]
        ratio = (
            ""
            if isinstance(base, str) or base is result
            else (f"   x{result['first'] / base['first']:.1f} first, x{result['warm'] / base['warm']:.1f} warm")
        )
        times = f"{result['first']:6.3f} s {result['warm'] * 1000:8.2f} ms {result['memory']:6.0f} MB"
        print(f"  {way:34}{times}{ratio}")


def read_one(way: str, path: str, started: float) -> None:
    """The first call counts from the process's start: `started` is of the same clock."""
    action = WAYS[way][1]
    action(path)
    first, warm = time.perf_counter() - started, []
    for _ in range(WARM):
        begun = time.perf_counter()
        action(path)
        warm.append(time.perf_counter() - begun)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"first": first, "warm": statistics.median(warm), "memory": peak}))


# -- the files -----------------------------------------------------------------------------------------------------


def shapes(total: int) -> dict[str, tuple[int, int]]:
    """Of float32 tensors that take about `total` bytes, with the names of a transformer."""
    names = [f"layers.{layer}.{part}.weight" for layer in range(LAYERS) for part in "q k v o up down".split()]
    names += [name.replace("weight", "bias") for name in names]
    rows = max(1, total // len(names) // 4 // 256)
    return dict.fromkeys(names, (rows, 256))


def write(stem: str, total: int) -> None:
    write_torch(stem + ".pt", shapes(total))
    write_safetensors(stem + ".safetensors", shapes(total))


def write_torch(path: str, wanted: dict[str, tuple[int, int]]) -> None:
    """torch itself leaves the data out: holes in the file, that read as zeros."""
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    warnings.simplefilter("ignore")
    with FakeTensorMode():
        state = {name: torch.empty(shape) for name, shape in wanted.items()}
    with torch.serialization.skip_data(materialize_fake_tensors=True):
        torch.save(state, path)


def write_safetensors(path: str, wanted: dict[str, tuple[int, int]]) -> None:
    header, end = {}, 0
    for name, (rows, columns) in wanted.items():
        begin, end = end, end + 4 * rows * columns
        header[name] = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [begin, end]}
    encoded = json.dumps(header).encode()
    with Path(path).open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        file.truncate(8 + len(encoded) + end)


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:2] == ["read"]:
        read_one(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    else:
        main()
