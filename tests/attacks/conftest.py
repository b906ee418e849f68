"""Prints the table of attack and mechanism at the end of the run."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROPERTY = "attacks"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    columns = _columns(terminalreporter)
    if not columns:
        return
    terminalreporter.section("attacks: . held off, X succeeded")
    names = sorted({attack for rows in columns.values() for attack in rows})
    width = max(map(len, names))
    heads = sorted(columns)
    terminalreporter.write_line(" " * width + "  " + "  ".join(heads))
    for name in names:
        marks = (columns[head].get(name, " ").center(len(head)) for head in heads)
        terminalreporter.write_line(f"{name:{width}}  {'  '.join(marks)}".rstrip())
    for head in heads:
        succeeded = list(columns[head].values()).count("X")
        terminalreporter.write_line(f"{head}: {succeeded} of {len(columns[head])} succeeded")


def _columns(terminalreporter: Any) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for key, value in getattr(report, "user_properties", ()):
                if key == PROPERTY and report.when == "call":
                    head, rows = json.loads(value)
                    columns[head].update(rows)
    return columns


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """That every user can reach; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="attacks-")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """Of `nn.Linear(2, 3)`, which the harmless script loads."""
    torch = pytest.importorskip("torch")
    path = tmp_path / "weights.pth"
    torch.save(torch.nn.Linear(2, 3).state_dict(), path)
    return path
