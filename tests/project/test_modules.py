"""Who imports a module: found without parsing every file, kept fresh, the same as Python's own grammar says."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from ckpt_lsp.project.index import SourceIndex, written_imports
from ckpt_lsp.project.modules import Modules
from ckpt_lsp.source.tree import parse

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize("folder", ["asyncio", "json", "concurrent", "importlib", "unittest", "xml", "encodings"])
def test_every_import_of_the_standard_library_is_seen(folder: str) -> None:
    for path in sorted((STANDARD_LIBRARY / folder).rglob("*.py")):
        text = path.read_text("utf-8")
        named = {i for i in parse(path, text).imports.values() if i.attribute != "*"}
        assert named <= set(written_imports(text)), path


@pytest.mark.parametrize(
    "statement",
    [
        "from model import Net",
        "from model import (  # the (old) one\n    Other,\n    Net as N,\n)",
        "from model import Other, \\\n    Net",
        "import os; from model import Net",
        "if x: import model",
        "try:\n    import model\nexcept ImportError: pass",
        "import os, model as m",
        "from . import model",
        "from .model import *",
        "from . import(model)",
    ],
)
def test_forms_of_an_import(tmp_path: Path, statement: str) -> None:
    (tmp_path / "model.py").write_text("")
    (tmp_path / "train.py").write_text(statement)
    (tmp_path / "models.py").write_text("from modelling import Net\n")
    assert importers(tmp_path, "model.py") == ["train.py"]


def test_a_namesake_elsewhere_is_another_module(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "model.py").write_text("")
        (tmp_path / folder / "train.py").write_text("from model import Net\n")
    assert importers(tmp_path, "a/model.py") == ["a/train.py"]


def test_a_package_is_imported_by_its_own_modules(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/__init__.py").write_text("def build(): ...\n")
    (tmp_path / "net/train.py").write_text("from . import build\n")
    assert importers(tmp_path, "net/__init__.py") == ["net/train.py"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda train: train.write_text("import other\n"), []),
        (lambda train: train.unlink(), []),
        (lambda train: train.with_name("new.py").write_text("import model\n"), ["new.py", "train.py"]),
    ],
    ids=["edited", "removed", "added"],
)
def test_what_changes_on_disk_is_seen(tmp_path: Path, change: Callable[[Path], object], expected: list[str]) -> None:
    (tmp_path / "model.py").write_text("")
    (tmp_path / "train.py").write_text("import model\n")
    index = SourceIndex(tmp_path)
    assert importers(tmp_path, "model.py", index) == ["train.py"]
    change(tmp_path / "train.py")
    index.changed()
    assert importers(tmp_path, "model.py", index) == expected


def test_buffers_count_instead_of_files(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("")
    (tmp_path / "train.py").write_text("import model\n")
    overlay = {tmp_path / "train.py": "", tmp_path / "unsaved.py": "import model\n"}
    assert importers(tmp_path, "model.py", overlay=overlay) == ["unsaved.py"]


def importers(
    root: Path, name: str, index: SourceIndex | None = None, overlay: dict[Path, str] | None = None
) -> list[str]:
    modules = Modules(root, overlay or {}, (root,), index)
    module = modules.load(root / name)
    assert module is not None
    return [found.path.relative_to(root).as_posix() for found in modules.importers(module)]
