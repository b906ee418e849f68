"""The house plan, held by tools: floors, types, lint, and the rules that no tool knows of."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PACKAGE = CHECKOUT / "ckpt_lsp"
SOURCES = sorted(PACKAGE.rglob("*.py"))
WORKER = sorted((PACKAGE / "worker").rglob("*.py"))
LONGEST = 400
"""Lines; one topic rarely needs more, and five minutes of reading hold no more."""


@pytest.mark.parametrize(
    "tool",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports", "--no-cache"]],
    ids=["ruff", "format", "mypy", "import-linter"],
)
def test_tools_are_content(tool: list[str]) -> None:
    command = [Path(sys.executable).with_name(tool[0]), *tool[1:]]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_a_file_is_short_and_says_what_it_is_for(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "no module docstring"


@pytest.mark.parametrize("file", WORKER, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_the_worker_needs_only_torch_and_an_old_python(file: Path) -> None:
    """It runs in the user's interpreter, where nothing of ours is installed; what a function imports when
    it is called may be there or not."""
    tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 9))
    foreign = {name for name in _imported(tree, file) if name not in {*sys.stdlib_module_names, "torch"}}
    assert not foreign


def _imported(tree: ast.Module, file: Path) -> set[str]:
    """First segments of what a module of the worker imports; what lies in the worker itself is left out."""
    depth = len(file.relative_to(PACKAGE / "worker").parts)
    found = set()
    for node in _outside_functions(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                found.add((node.module or "").split(".")[0])
            elif node.level > depth:
                found.add("." * node.level)
    return found


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield child
            yield from _outside_functions(child)


def test_nothing_names_a_machine_or_a_registry() -> None:
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    files = subprocess.run(listed, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "pyproject.toml" in files
    named = re.compile(r"/(work|root|Users)/|pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian\.org")
    guilty = [name for name in files if (text := _text(CHECKOUT / name)) and named.search(text)]
    assert [name for name in guilty if name not in _MAY] == []


_MAY = {"tests/test_structure.py", "editors/vscode/package-lock.json"}
"""This file, and npm's lock, which records where each package came from."""


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return None
