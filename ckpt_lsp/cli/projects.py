"""What paths on the command line stand for: documents, by the project that they belong to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckpt_lsp.config import Settings, load_settings
from ckpt_lsp.project.files import python_files, read, workspace_root
from ckpt_lsp.types import Document, FileProblem


class Unusable(Exception):
    """Nothing can be checked: no interpreter, no torch in it.  The message names the next step."""


@dataclass
class Project:
    """One workspace root, and the files below it that may hold load sites."""

    root: Path
    settings: Settings
    documents: dict[Path, Document] = field(default_factory=dict)
    problems: dict[Path, FileProblem] = field(default_factory=dict)

    def add(self, path: Path) -> None:
        """The file, or all of the folder."""
        for file in python_files(path, self.root, self.settings.exclude):
            found = read(file)
            if isinstance(found, FileProblem):
                self.problems[file] = found
            elif found is not None:
                self.documents[file] = found


def projects(paths: Sequence[Path], flags: Mapping[str, Any], only_affected: bool = False) -> list[Project]:
    """Every absolute path in its project, in the order given.  Raises ConfigError.

    With `only_affected` the paths are what has changed, and the documents those that this concerns."""
    named: dict[Path, list[Path]] = {}
    for path in paths:
        named.setdefault(workspace_root(path), []).append(path)
    found = []
    for root, of_root in named.items():
        project = Project(root, load_settings(root, flags=flags))
        for path in _affected(project, of_root) if only_affected else of_root:
            project.add(path)
        found.append(project)
    return found


def _affected(project: Project, changed: Sequence[Path]) -> list[Path]:
    from ckpt_lsp.project.affected import affected

    return affected(project.root, changed, project.settings.exclude)


def absolute(path: Path) -> Path:
    """Without following symbolic links: a path is shown as it was given."""
    return Path(os.path.abspath(path))  # noqa: PTH100
