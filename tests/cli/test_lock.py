"""`lock` and `check` on a project that loses its weights: what is written, what is said, what is never lost."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ckpt_lsp.project.lock import NAME

from .conftest import Command

PYTHON = ("--python", sys.executable)


@pytest.fixture
def project(make: Callable[[str, str], Path]) -> Path:
    """A classifier whose checkpoint has a prefix too many."""
    folder = make("classifier", "module_prefix").parent
    (folder / "pyproject.toml").touch()
    return folder


def test_a_project_that_loses_its_weights(ckpt_lsp: Command, project: Path, tmp_path: Path) -> None:
    by_file = _sites(ckpt_lsp("check", "--output-format", "json", *PYTHON, ".", cwd=project))
    recorded = ckpt_lsp("lock", *PYTHON, cwd=project)
    assert (recorded.returncode, recorded.stdout) == (0, f"{NAME}: 1 new\n")
    written = (project / NAME).read_bytes()

    (project / "resnet.pth").rename(tmp_path / "elsewhere.pth")
    by_lock = _sites(ckpt_lsp("check", "--locked", "--output-format", "json", *PYTHON, ".", cwd=project))
    assert [site.pop("checkpoint_source") for site in (*by_file, *by_lock)] == ["file", "lock"]
    assert by_lock == by_file
    text = ckpt_lsp("check", *PYTHON, ".", cwd=project).stdout
    assert "  = note: resnet.pth is not here: judged by its record in ckpt-lsp.lock\n" in text
    assert text.endswith("1 load site: 1 raises (1 judged by ckpt-lsp.lock)\n")

    kept = ckpt_lsp("lock", *PYTHON, cwd=project)
    assert (kept.returncode, (project / NAME).read_bytes()) == (0, written)
    assert "resnet.pth: kept as it was recorded, since the file is not here\n" in kept.stdout

    (project / NAME).unlink()
    neither = ckpt_lsp("check", "--locked", *PYTHON, ".", cwd=project)
    assert neither.returncode == 1
    assert "run `ckpt-lsp lock` where the file is" in neither.stdout
    assert ckpt_lsp("check", *PYTHON, ".", cwd=project).returncode == 0

    ckpt_lsp("lock", tmp_path / "elsewhere.pth", "--as", "resnet.pth", *PYTHON, cwd=project)
    assert (project / NAME).read_bytes() == written


def test_check_says_what_would_change(ckpt_lsp: Command, project: Path) -> None:
    missing = ckpt_lsp("lock", "--check", *PYTHON, cwd=project)
    assert (missing.returncode, (project / NAME).exists()) == (1, False)
    assert "+[resnet.pth]\n" in missing.stdout
    assert missing.stdout.endswith(f"{NAME} would change (1 new); run `ckpt-lsp lock` and commit it\n")

    ckpt_lsp("lock", *PYTHON, cwd=project)
    assert ckpt_lsp("lock", "--check", *PYTHON, cwd=project).returncode == 0
    text = (project / NAME).read_text()
    (project / NAME).write_text(text.replace("float32 [10, 64]", "float32 [11, 64]"))
    changed = ckpt_lsp("lock", "--check", *PYTHON, cwd=project)
    assert changed.returncode == 1
    assert [line.split(": ")[1] for line in changed.stdout.splitlines() if line[:2] in ("- ", "+ ")] == [
        "float32 [11, 64]",
        "float32 [10, 64]",
    ]
    outdated = ckpt_lsp("check", *PYTHON, ".", cwd=project).stdout
    assert "warning[lock-outdated]: resnet.pth is not what ckpt-lsp.lock says: another shape or dtype of" in outdated


def test_what_no_load_site_reaches_goes_only_when_told_to(ckpt_lsp: Command, project: Path) -> None:
    ckpt_lsp("lock", *PYTHON, cwd=project)
    text = (project / NAME).read_text()
    (project / NAME).write_text(text.replace("[resnet.pth]", "[old.pth]"))
    kept = ckpt_lsp("lock", *PYTHON, cwd=project)
    assert "old.pth: kept, though no load site reaches it; `ckpt-lsp lock --prune` takes it out\n" in kept.stdout
    assert "[old.pth]" in (project / NAME).read_text()
    pruned = ckpt_lsp("lock", "--prune", *PYTHON, cwd=project)
    assert pruned.stdout == f"{NAME}: 1 removed, 1 unchanged\n"
    assert (project / NAME).read_text() == text


def test_a_merge_conflict(ckpt_lsp: Command, project: Path) -> None:
    (project / NAME).write_text("version: 1\n\n<<<<<<< HEAD\n[a.pth]\n=======\n[b.pth]\n>>>>>>> other\n")
    locking = ckpt_lsp("lock", *PYTHON, cwd=project)
    assert locking.returncode == 2
    assert f"{project / NAME}: line 3 is a merge conflict; " in locking.stderr
    assert "keep the blocks of both sides" in locking.stderr
    checking = ckpt_lsp("check", *PYTHON, ".", cwd=project)
    assert checking.returncode == 2
    assert f"{NAME}:3:1: line 3 is a merge conflict; " in checking.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--as", "x.pth"], "--as needs the checkpoints to record"),
        (["resnet.pth", "--as", "../x.pth"], "is no path below"),
        (["resnet.pth", "--as", "resnet.pth"], "is there itself"),
        (["predict.py", "--as", "x.pth"], "predict.py is no checkpoint"),
        (["--prune", "predict.py"], "--prune: what no load site reaches"),
    ],
)
def test_bad_arguments(ckpt_lsp: Command, project: Path, arguments: list[str], says: str) -> None:
    done = ckpt_lsp("lock", *PYTHON, *arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert not (project / NAME).exists()


def _sites(done: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)["sites"]
    return found
