"""What a program sees of a checkpoint that is only in the lock: as much as the lock holds, and nothing made up."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from ckpt_lsp.config import Settings
from ckpt_lsp.engine import Engine, EngineUnavailable, describe
from ckpt_lsp.engine.locking import Locking, record
from ckpt_lsp.project.cache import Results
from ckpt_lsp.project.lock import Lock, parse, write
from ckpt_lsp.types import Document, Loads, Raises, SiteReport, Unresolved

HEAD = "import os, glob, sys\nfrom pathlib import Path\nimport torch\nfrom torch import nn\n"
WIDE = "nn.Linear(width, 2).load_state_dict(torch.load('weights/linear.pth'))\n"
LOAD = "nn.Linear(4, 2).load_state_dict(torch.load('weights/linear.pth'))\n"


class Bench:
    """One folder and one engine; every script is judged with its checkpoints, locked, and judged without them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.engine = Engine(root, Settings())
        (root / "weights").mkdir()
        torch.save(nn.Linear(4, 2).state_dict(), root / "weights/linear.pth")
        (root / "weights/notes.txt").touch()

    def save(self, name: str, value: object) -> None:
        torch.save(value, self.root / name)

    def lock(self, text: str) -> Locking:
        self.engine.locked.assume(Lock())
        try:
            return record(self.engine, [self.document(text)])
        finally:
            self.engine.results, self.engine.tries_edits = Results(), True

    def by_file(self, text: str) -> SiteReport:
        self.engine.locked.assume(Lock())
        (report,) = self.engine.check(self.document(text))
        return report

    def by_lock(self, text: str, lock: Lock, gone: str = "*.pth") -> SiteReport:
        """With the files gone that are in the lock."""
        self.engine.locked.assume(parse(write(lock)))
        moved = {path: path.with_suffix(".gone") for path in self.root.rglob(gone)}
        away = self.root.parent / "away"
        away.mkdir(exist_ok=True)
        try:
            for number, path in enumerate(moved):
                moved[path] = path.rename(away / str(number))
            (report,) = self.engine.check(self.document(text))
            return report
        finally:
            for path, there in moved.items():
                there.rename(path)

    def document(self, text: str) -> Document:
        return Document(self.root / "script.py", HEAD + text)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("lock") / "project"
    root.mkdir()
    (root / "pyproject.toml").touch()
    try:
        describe(root, Settings())
    except EngineUnavailable as error:
        pytest.skip(str(error))
    made = Bench(root)
    yield made
    made.engine.close()


def found(locking: Locking) -> Lock:
    return Lock().with_entries(locking.entries, locking.folders)


GUARDS = [
    "if os.path.exists('weights/linear.pth'):\n    " + LOAD,
    "if os.path.isfile('weights/linear.pth') and os.path.isdir('weights'):\n    " + LOAD,
    "if Path('weights/linear.pth').exists() and Path('weights', 'linear.pth').is_file():\n    " + LOAD,
    "if os.access('weights/linear.pth', os.R_OK):\n    " + LOAD,
    "if 'linear.pth' in os.listdir('weights'):\n    " + LOAD,
    "for path in glob.glob('weights/*.pth'):\n    nn.Linear(4, 2).load_state_dict(torch.load(path))\n",
    "for path in sorted(Path('weights').glob('*.pth')):\n    nn.Linear(4, 2).load_state_dict(torch.load(path))\n",
    "for path in Path('.').rglob('*.pth'):\n    nn.Linear(4, 2).load_state_dict(torch.load(path))\n",
    "for folder, _, names in os.walk('weights'):\n    for name in names:\n        if name.endswith('.pth'):\n"
    "            nn.Linear(4, 2).load_state_dict(torch.load(os.path.join(folder, name)))\n",
    "with open('weights/linear.pth', 'rb') as file:\n    nn.Linear(4, 2).load_state_dict(torch.load(file))\n",
]


@pytest.mark.parametrize("text", GUARDS)
def test_a_guard_finds_the_file(bench: Bench, text: str) -> None:
    lock = found(bench.lock(text))
    by_lock = bench.by_lock(text, lock)
    assert isinstance(by_lock.verdict, Loads), by_lock.verdict
    assert by_lock.checkpoint_source == "lock"
    assert by_lock.verdict == bench.by_file(text).verdict


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("width = 4 if os.path.getsize('weights/linear.pth') > 10 else 5\n" + WIDE, "size or the age of linear.pth"),
        ("width = len(open('weights/linear.pth', 'rb').read()[:4])\n" + WIDE, "the bytes of linear.pth"),
    ],
)
def test_what_the_lock_does_not_hold_is_unknown(bench: Bench, text: str, says: str) -> None:
    lock = found(bench.lock(LOAD))
    verdict = bench.by_lock(text, lock).verdict
    assert isinstance(verdict, Unresolved) and says in verdict.reason, verdict


def test_a_folder_that_nobody_listed_is_not_guessed(bench: Bench) -> None:
    verdict = bench.by_lock(GUARDS[5], found(bench.lock(LOAD))).verdict
    assert isinstance(verdict, Unresolved)
    assert "what else lies in the folder weights is not in the lock; run `ckpt-lsp lock`" in verdict.reason


# -- values ---------------------------------------------------------------------------------------------------

CONFIGURED = """\
ck = torch.load("configured.pth")
print(f"epoch {ck['epoch']}")
net = nn.Sequential(*[nn.Linear(ck["cfg"]["dim"], ck["cfg"]["dim"]) for _ in range(ck["cfg"]["depth"])])
net.load_state_dict(ck["model"])
"""


@pytest.fixture
def configured(bench: Bench) -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    cfg = {"dim": 3, "depth": 2, "seed": 1234, "by": "someone"}
    bench.save("configured.pth", {"model": net.state_dict(), "cfg": cfg, "epoch": 77, "resumed": None, "log": {"a": 1}})


def test_values_that_matter_are_recorded_and_no_others(bench: Bench, configured: None) -> None:
    lock = found(bench.lock(CONFIGURED))
    text = write(lock)
    assert "dim: = 3" in text and "depth: = 2" in text
    for unread in ("1234", "someone", "77"):
        assert unread not in text
    by_lock = bench.by_lock(CONFIGURED, lock)
    assert by_lock.verdict == bench.by_file(CONFIGURED).verdict
    assert isinstance(by_lock.verdict, Loads)


@pytest.mark.parametrize(
    "line",
    [
        "if ck['epoch'] > 10:",
        "if isinstance(ck['epoch'], int):",
        "if {77: True}.get(ck['epoch'], False):",
        "if str(ck['epoch']) == '77':",
        "if ck['epoch'] in (77, 78):",
        "if len(ck['log']) == 1:",
        "if 'a' in ck['log']:",
        "if ck['cfg']['by'].startswith('some'):",
    ],
)
def test_a_value_that_was_not_read_is_unknown_whatever_is_asked_of_it(
    bench: Bench, configured: None, line: str
) -> None:
    """And once it is read, recorded."""
    text = f"ck = torch.load('configured.pth')\nnet = nn.Linear(1, 1)\n{line}\n    net = nn.Linear(3, 3)\n"
    text += "net.load_state_dict({k[2:]: v for k, v in ck['model'].items() if k[0] == '0'})\n"
    verdict = bench.by_lock(text, found(bench.lock(CONFIGURED))).verdict
    assert isinstance(verdict, Unresolved), verdict
    assert "which the lock does not hold (run `ckpt-lsp lock` where it is)" in verdict.reason
    again = bench.by_lock(text, found(bench.lock(text)))
    assert again.verdict == bench.by_file(text).verdict
    assert isinstance(again.verdict, Loads)


def test_that_a_value_is_none_is_always_known(bench: Bench, configured: None) -> None:
    text = "ck = torch.load('configured.pth')\nnet = nn.Linear(3, 3) if ck['resumed'] is None else nn.Linear(1, 1)\n"
    text += "net.load_state_dict({k[2:]: v for k, v in ck['model'].items() if k[0] == '0'})\n"
    assert isinstance(bench.by_lock(text, found(bench.lock(CONFIGURED))).verdict, Loads)


# -- weights_only ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("legacy", [False, True])
def test_torch_refuses_in_the_same_words(bench: Bench, legacy: bool) -> None:
    value = {"model": nn.Linear(4, 2).state_dict(), "args": Namespace(lr=1)}
    torch.save(value, bench.root / "args.pth", _use_new_zipfile_serialization=not legacy)
    text = "nn.Linear(4, 2).load_state_dict(torch.load('args.pth')['model'])\n"
    lock = found(bench.lock(text))
    by_file, by_lock = bench.by_file(text), bench.by_lock(text, lock)
    assert isinstance(by_file.verdict, Raises) and by_file.verdict.rejected_globals == ("argparse.Namespace",)
    assert by_lock.verdict == by_file.verdict
    assert by_lock.findings == by_file.findings
    trusting = text.replace("args.pth'", "args.pth', weights_only=False")
    assert isinstance(bench.by_lock(trusting, lock).verdict, Loads)
    allowing = "import argparse\ntorch.serialization.add_safe_globals([argparse.Namespace])\n" + text
    assert isinstance(bench.by_lock(allowing, lock).verdict, Loads)


# -- out of date ----------------------------------------------------------------------------------------------


def test_a_file_that_is_not_what_the_lock_says(bench: Bench) -> None:
    text = LOAD.replace("weights/linear", "changed")
    bench.save("changed.pth", nn.Linear(4, 2).state_dict())
    lock = found(bench.lock(text))
    bench.engine.locked.assume(lock)
    (before,) = bench.engine.check(bench.document(text))
    bench.save("changed.pth", {**nn.Linear(4, 2).state_dict(), "extra": torch.ones(1)})
    (after,) = bench.engine.check(bench.document(text))
    assert "lock-outdated" not in [finding.rule for finding in before.findings]
    (told,) = [finding for finding in after.findings if finding.rule == "lock-outdated"]
    assert told.message == "changed.pth is not what ckpt-lsp.lock says: 1 key more; run `ckpt-lsp lock`"
    assert after.checkpoint_source == "file"
