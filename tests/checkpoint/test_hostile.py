"""No file harms its reader: bounded time and memory, nothing executed or imported, the reader itself unchanged."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ckpt_lsp.worker.checkpoint.machine import Budget
from ckpt_lsp.worker.checkpoint.read import read
from ckpt_lsp.worker.checkpoint.records import DictOf

from . import hostile
from .hostile import BOMBS, BROKEN, EITHER, LISTED, million_keys, payloads, zipped

SECONDS, MEGABYTES = 2, 200
CHECKOUT = Path(__file__).parents[2]
_CANARY = "canary"


def judge(*paths: Path) -> list[dict[str, Any]]:
    """In a process of its own, one after the other."""
    done = subprocess.run(
        [sys.executable, "-m", "checkpoint.guarded"],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'tests'}"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_harmless(outcome: dict[str, Any]) -> None:
    assert outcome["events"] == []
    assert not outcome["changed"]
    assert outcome["seconds"] < SECONDS
    assert outcome["megabytes"] < MEGABYTES


def judge_all(files: dict[str, tuple[Callable[[], bytes], str | None]], folder: Path) -> dict[str, dict[str, Any]]:
    paths = [folder / f"{number}.pth" for number in range(len(files))]
    for path, (make, _) in zip(paths, files.values(), strict=True):
        path.write_bytes(make())
    return dict(zip(files, judge(*paths), strict=True))


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return judge_all(BOMBS, tmp_path_factory.mktemp("bombs"))


@pytest.mark.parametrize("name", list(BOMBS))
def test_bombs(name: str, bombs: dict[str, dict[str, Any]]) -> None:
    assert_harmless(bombs[name])
    expected = BOMBS[name][1]
    allowed = [LISTED, "TooLarge"] if expected == EITHER else [expected]
    assert bombs[name].get("error") in allowed, bombs[name]


def test_a_million_keys_given_time() -> None:
    record = read(io.BytesIO(zipped(million_keys())), budget=Budget(seconds=60))
    root = record.node(record.root)
    assert isinstance(root, DictOf)
    assert (len(root.keys), root.keys[-1], root.values[-1]) == (1_000_000, "k999999", 1)


def test_broken_files(tmp_path: Path) -> None:
    outcomes = judge_all(BROKEN, tmp_path)
    for outcome in outcomes.values():
        assert_harmless(outcome)
    found = {name: outcome.get("error") for name, outcome in outcomes.items()}
    assert found == {name: expected for name, (_, expected) in BROKEN.items()}


@pytest.mark.parametrize("wrap", [zipped, lambda pickled: _legacy(pickled)], ids=["zip", "legacy"])
def test_payloads(wrap: Any, tmp_path: Path) -> None:
    canary = tmp_path / _CANARY
    cases = payloads(str(canary))
    paths = [tmp_path / f"{number}.pth" for number in range(len(cases))]
    for path, pickled in zip(paths, cases.values(), strict=True):
        path.write_bytes(wrap(pickled))
    for name, outcome in zip(cases, judge(*paths), strict=True):
        assert_harmless(outcome)
        assert not canary.exists(), name
        assert "error" in outcome or outcome["globals"], name


def test_payloads_are_real(tmp_path: Path) -> None:
    """Or the canary would prove nothing."""
    canary = tmp_path / _CANARY
    path = tmp_path / "evil.pkl"
    path.write_bytes(payloads(str(canary))["os.system"])
    subprocess.run([sys.executable, "-c", f"import pickle; pickle.load(open({str(path)!r}, 'rb'))"], check=True)
    assert canary.exists()


def _legacy(pickled: bytes) -> bytes:
    data = hostile.good_legacy()
    head = data[: data.index(b"}q\x00", data.index(b"type_sizes") + 60)]
    return head[: head.rindex(b"\x80\x02")] + pickled + b"\x80\x02]q\x00."


def test_what_is_called_is_told(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    path.write_bytes(zipped(payloads("x")["popped"]))
    [outcome] = judge(path)
    assert outcome["globals"] == ["posix.system"] or outcome["globals"] == ["os.system"]
    assert outcome["calls"] == outcome["globals"]


def test_special_files_are_refused_unread(tmp_path: Path) -> None:
    hostile.fifo(tmp_path / "fifo.pth")
    hostile.loop(tmp_path / "loop.pth")
    (tmp_path / "zero.pth").symlink_to("/dev/zero")
    (tmp_path / "folder.pth").mkdir()
    names = ["fifo.pth", "loop.pth", "zero.pth", "folder.pth", "absent.pth"]
    outcomes = judge(*[tmp_path / name for name in names])
    for outcome in outcomes:
        assert_harmless(outcome)
    assert [outcome["error"] for outcome in outcomes] == [
        "NotAFile",
        "OSError",
        "NotAFile",
        "NotAFile",
        "FileNotFoundError",
    ]


def test_texts_name_the_file_the_cause_and_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "raft.pth"
    path.write_bytes(BROKEN["LFS pointer"][0]())
    [outcome] = judge(path)
    assert outcome["text"] == "raft.pth is a Git LFS pointer, not the file itself; run `git lfs pull`"


def test_texts_carry_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[31m.pth"
    path.write_bytes(zipped(hostile.tensor("(I4\nt", "(I1\nt", key="\x1b[2J\u202e\n" + "k" * 10_000)))
    [outcome] = judge(path)
    assert outcome["error"] == "StorageMissing"
    assert outcome["text"].isprintable()
    assert outcome["text"].startswith(r"evil\x1b[31m.pth holds no data for storage \x1b[2J\u202e\nkkk")
    assert len(outcome["text"]) < 600
