"""The confined reader: the same record as in this process, and hands that reach nothing else."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from ckpt_lsp.sandbox.reading import read_confined
from ckpt_lsp.worker import landlock
from ckpt_lsp.worker.checkpoint.errors import CheckpointError, NotAFile
from ckpt_lsp.worker.checkpoint.read import read

CHECKOUT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux's own means")


def test_the_record_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.pth"
    torch.save({"a": torch.ones(2, 3), "n": float("nan"), "big": 1 << 80, "s": "\ud800", "b": b"\0"}, path)
    assert read_confined(path).to_plain() == read(path).to_plain()


def test_shards_behind_links_are_read(tmp_path: Path) -> None:
    """As the Hugging Face cache lays them out: links to files in another folder."""
    blobs, folder = tmp_path / "blobs", tmp_path / "snapshot"
    blobs.mkdir()
    folder.mkdir()
    safetensors.torch.save_file({"w": torch.ones(2)}, blobs / "1")
    (folder / "model-1.safetensors").symlink_to("../blobs/1")
    (blobs / "2").write_text('{"weight_map": {"w": "model-1.safetensors"}}')
    (folder / "model.safetensors.index.json").symlink_to("../blobs/2")
    index = folder / "model.safetensors.index.json"
    assert read_confined(index).to_plain() == read(index).to_plain()


def test_errors_keep_their_kind_and_words(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "junk").write_bytes(b"junk")
    for path in (tmp_path / "fifo", tmp_path / "junk", Path("/dev/zero")):
        with pytest.raises(CheckpointError) as here:
            read(path)
        with pytest.raises(type(here.value)) as there:
            read_confined(path)
        assert str(there.value) == str(here.value)
    with pytest.raises(NotAFile):
        read_confined(tmp_path)
    with pytest.raises(FileNotFoundError) as gone:
        read_confined(tmp_path / "gone")
    assert gone.value.errno == errno.ENOENT


def confined(path: Path, code: str) -> str:
    """What `code` prints in a process that has given up what a reader gives up."""
    prepared = f"import os, socket\nfrom ckpt_lsp.sandbox import reader\nreader._give_up({str(path)!r})\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", prepared],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    return done.stdout + done.stderr


@LINUX
@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open({other!r})",
        "open({path!r}, 'ab')",
        "os.truncate({path!r}, 0)",
        "os.chmod({path!r}, 0o777)",
        "os.listdir('/')",
        "open({beside!r}, 'w')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "socket.socket()",
        "os.kill(os.getppid(), 0)",
    ],
)
def test_a_reader_can_do_nothing_else(tmp_path: Path, attempt: str) -> None:
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    path, other = tmp_path / "x.pth", tmp_path / "other.pth"
    path.write_bytes(b"x")
    other.write_bytes(b"y")
    code = attempt.format(path=str(path), other=str(other), beside=str(tmp_path / "new"))
    assert confined(path, f"print(open({str(path)!r}).read())").strip() == "x"
    said = confined(path, f"try:\n    {code}\n    print('done')\nexcept OSError as e:\n    print(e.errno)")
    assert said.strip() in (str(errno.EPERM), str(errno.EACCES))
    assert path.read_bytes() == b"x"


@LINUX
def test_a_reader_has_an_end(tmp_path: Path) -> None:
    """Memory and processor time are bounded by the kernel, whatever the reader's own budget misses."""
    path = tmp_path / "x.pth"
    path.write_bytes(b"x")
    assert "MemoryError" in confined(path, "bytearray(2 << 30)")
    said = confined(path, "import resource\nprint(resource.getrlimit(resource.RLIMIT_CPU)[0])")
    assert 0 < int(said) <= 60
