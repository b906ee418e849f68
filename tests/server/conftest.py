"""A project with a real model and a real checkpoint that does not fit it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from .project import save_checkpoint


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with `net.pth`, whose keys carry the prefix `module.`."""
    root = tmp_path / "project"
    root.mkdir()
    save_checkpoint(root / "net.pth", prefix="module.")
    return root


@pytest.fixture(autouse=True, scope="session")
def _one_torch_thread() -> None:
    torch.set_num_threads(1)
