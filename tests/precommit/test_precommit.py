"""The real pre-commit, the shipped hook, a real git repository."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .conftest import Repository, make_classifier, use

REMAPPED = """\
    state = torch.load("resnet.pth", map_location="cpu")
    state = {key.replace("fc.", "head."): value for key, value in state.items()}
    model.load_state_dict(state)
"""


@pytest.fixture
def project(tmp_path: Path, environment: dict[str, str], hook: Repository) -> Repository:
    """The classifier and its checkpoint, with the hook installed."""
    folder = tmp_path / "project"
    make_classifier(folder)
    use(hook, folder, "--python", sys.executable)
    repository = Repository(folder, environment)
    repository.run("pre-commit", "install")
    return repository


def test_a_commit_that_breaks_a_checkpoint_is_stopped_and_the_fixed_one_passes(project: Repository) -> None:
    first = project.commit("Add the classifier")
    assert (first.returncode, project.commits()) == (0, ["Add the classifier"]), first.stdout

    project.edit("resnet.py", "self.fc", "self.head")
    broken = project.commit("Rename the head")
    assert broken.returncode != 0
    assert "predict.py:8:5: error[missing-keys]" in broken.stdout, broken.stdout
    assert "head.{weight, bias}" in broken.stdout
    assert project.commits() == ["Add the classifier"]

    project.edit("predict.py", '    model.load_state_dict(torch.load("resnet.pth", map_location="cpu"))\n', REMAPPED)
    fixed = project.commit("Rename the head, and the keys of old checkpoints")
    assert fixed.returncode == 0, fixed.stdout
    assert len(project.commits()) == 2
