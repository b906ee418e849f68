"""`keys` from the shell: the listing equals what torch has, the text adds up, a bad file is told in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import torch.distributed.checkpoint
from torch import nn

from .conftest import Keys

Document = Callable[..., dict[str, Any]]


class Net(nn.Module):
    """Repeated blocks, a tied weight, buffers of both kinds, a module without tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16), nn.Dropout()) for _ in range(4)
        )
        self.head = nn.Linear(16, 50)
        self.head.weight = self.embed.weight
        self.register_buffer("scratch", torch.ones(3), persistent=False)


def listed(found: dict[str, Any]) -> dict[str, tuple[list[int], str]]:
    """Last part of the path → shape and dtype."""
    return {one["path"][-1]: (one["shape"], one["dtype"]) for one in found["files"][0]["tensors"]}


def expected(state_dict: dict[str, torch.Tensor]) -> dict[str, tuple[list[int], str]]:
    return {key: (list(value.shape), str(value.dtype).removeprefix("torch.")) for key, value in state_dict.items()}


def unique_elements(state_dict: dict[str, torch.Tensor]) -> int:
    return sum({value.data_ptr(): value.numel() for value in state_dict.values()}.values())


def unique_bytes(state_dict: dict[str, torch.Tensor]) -> int:
    return sum({value.data_ptr(): value.nbytes for value in state_dict.values()}.values())


@pytest.mark.parametrize("wrap", ["bare", "nested", "whole", "safetensors", "legacy"])
def test_lists_what_torch_has(tmp_path: Path, document: Document, wrap: str) -> None:
    """A whole module, too, shows the keys of its state dict, in their order."""
    net, path = Net(), tmp_path / "x.bin"
    state_dict = net.state_dict()
    if wrap == "safetensors":
        state_dict = {key: value.clone() for key, value in state_dict.items()}
        safetensors.torch.save_file(state_dict, path)
    elif wrap == "legacy":
        torch.save(state_dict, path, _use_new_zipfile_serialization=False)
    else:
        torch.save({"bare": state_dict, "nested": {"epoch": 3, "model": state_dict}, "whole": net}[wrap], path)
    found = document("x.bin")
    assert listed(found) == expected(state_dict)
    if wrap != "safetensors":  # which sorts its keys
        assert [*listed(found)] == [*state_dict]
    totals = found["files"][0]["totals"]
    assert totals["elements"] == unique_elements(state_dict)
    assert totals["tensors"] == len(state_dict)
    assert totals["bytes"] == unique_bytes(state_dict)


def test_says_what_is_shared_and_what_is_more_than_it_shows(tmp_path: Path, keys: Keys, document: Document) -> None:
    big = torch.zeros(1000, 1000)
    torch.save({"slice": big[:2], "a": big[5:7], "own": torch.zeros(2)}, tmp_path / "x.pth")
    done = keys("x.pth")
    assert "a view: 8 kB of the 4 MB that are stored" in done.stdout
    assert "shares memory with slice" in done.stdout
    memory = {one["path"][0]: one["memory"] for one in document("x.pth")["files"][0]["tensors"]}
    assert memory["slice"] == memory["a"] != memory["own"]
    assert memory["slice"]["bytes"] == big.nbytes


def test_folds_like_modules_and_adds_up(tmp_path: Path, keys: Keys) -> None:
    net = Net()
    torch.save({"epoch": 7, "model": net.state_dict()}, tmp_path / "x.pth")
    lines = keys("x.pth").stdout.splitlines()
    assert lines[0].split() == ["x.pth", "torch", "zip"]
    state_dict = net.state_dict()
    elements, memory = unique_elements(state_dict) / 1000, unique_bytes(state_dict) / 1000
    assert lines[1] == f"{len(state_dict)} tensors, {elements:.3g} k parameters and buffers, {memory:.3g} kB"
    (blocks,) = [line for line in lines if "blocks.{0–3}" in line and "█" not in line and "▏" not in line]
    held = sum(value.numel() for key, value in state_dict.items() if key.startswith("blocks."))
    assert f"{held / 1000:.3g} k" in blocks
    assert any("4 × [16, 16]" in line for line in lines)
    assert "['epoch']" in "\n".join(lines)
    assert [line.split()[-1] for line in lines if line.startswith("['epoch']")] == ["7"]


def test_draws_modules_as_bars(tmp_path: Path, keys: Keys) -> None:
    """Twice the elements, twice the length; shares are of the whole and make up all of it."""
    torch.save({"small.weight": torch.ones(100), "large.weight": torch.ones(200)}, tmp_path / "x.pth")
    drawn = {line.split()[0]: line for line in keys("x.pth").stdout.splitlines() if line.rstrip().endswith("%")}
    assert drawn["large"].count("█") == 2 * drawn["small"].count("█") > 0
    shares = [float(line.split()[-1].rstrip("%")) for line in drawn.values()]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_an_optimizer_is_one_row_and_no_weights(tmp_path: Path, keys: Keys, document: Document) -> None:
    net = nn.Linear(3, 2)
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    torch.save({"model": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "x.pth")
    done = keys("x.pth")
    assert "optimizer, state of 2 parameters" in done.stdout
    assert "exp_avg" not in done.stdout
    found = document("x.pth")["files"][0]
    assert found["totals"]["elements"] == 8
    assert [one["path"] for one in found["state_dicts"]] == [["model"]]
    assert ["optimizer", "state", 0, "exp_avg"] in [one["path"] for one in found["tensors"]]


def test_a_file_without_tensors_shows_its_values(tmp_path: Path, keys: Keys) -> None:
    """The first of them, and how many more there are."""
    torch.save({f"setting{n}": n for n in range(100)}, tmp_path / "x.pth")
    lines = keys("x.pth").stdout.splitlines()
    assert ["['setting3']", "3"] in [line.split() for line in lines]
    assert lines[-1] == "… 76 more values"


def test_a_distributed_checkpoint_is_listed(tmp_path: Path, document: Document) -> None:
    net = Net()
    torch.distributed.checkpoint.save({"model": net.state_dict()}, checkpoint_id=tmp_path / "dcp", no_dist=True)
    found = document("dcp")
    assert found["files"][0]["format"] == "distributed"
    assert listed(found) == expected(net.state_dict())


def test_nesting_without_end_comes_to_an_end(tmp_path: Path, keys: Keys) -> None:
    """State dicts in state dicts, each under a long key: as deep as Python goes otherwise."""
    long = ".".join(["a"] * 39)
    root: dict[str, Any] = {}
    place = root
    for _ in range(60):
        place |= {f"{long}.w": torch.ones(1), f"{long}.n": {}, f"{long}.v": torch.ones(2)}
        place = place[f"{long}.n"]
    place["w"] = torch.ones(1)
    torch.save(root, tmp_path / "x.pth")
    done = keys("x.pth")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("121 tensors, 181 ")


def test_nothing_in_a_name_reaches_the_terminal(tmp_path: Path, keys: Keys) -> None:
    evil = "a\x1b[2Jb\u202ec\nd"
    torch.save({evil: torch.ones(2), "plain": {evil: 1}, "x": {evil: torch.ones(1), "y": evil}}, tmp_path / "x.pth")
    done = keys("x.pth")
    assert done.returncode == 0
    assert not set("\x1b\u202e") & set(done.stdout)
    assert r"\x1b" in done.stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
        (b"<!DOCTYPE html><html></html>", "the download failed"),
        (b"", "is empty"),
        (None, "No such file"),
    ],
    ids=["lfs", "html", "empty", "absent"],
)
def test_a_bad_file_is_told_in_one_line(tmp_path: Path, keys: Keys, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "x.pth").write_bytes(content)
    done = keys("x.pth")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("ckpt-lsp: x.pth: ")
    assert says in line
