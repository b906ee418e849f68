"""Whose load sites are looked at again when a file is edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_lsp.project.dependents import dependents
from ckpt_lsp.project.modules import Modules

LOAD = "net.load_state_dict(torch.load('net.pth'))\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "layers.py": "",
        "model.py": "from layers import Linear\n",
        "train.py": f"from model import Net\n{LOAD}",
        "tools/evaluate.py": f"import model\n{LOAD}",
        "loading.py": f"def load(net, path):\n    {LOAD}",
        "script.py": "from model import Net\nfrom loading import load\nload(Net(), 'net.pth')\n",
        "unrelated.py": f"import torch\n{LOAD}",
        "without_load_site.py": "import model\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("model.py", ["loading.py", "tools/evaluate.py", "train.py"]),
        ("layers.py", ["loading.py", "tools/evaluate.py", "train.py"]),
        ("script.py", ["loading.py"]),
        ("unrelated.py", []),
        ("without_load_site.py", []),
    ],
)
def test_by_imports(project: Path, changed: str, expected: list[str]) -> None:
    modules = Modules(project, {}, (project,))
    module = modules.load(project / changed)
    assert module is not None
    found = dependents(modules, module)
    assert sorted(path.relative_to(project).as_posix() for path in found) == expected


def test_a_circle_of_imports_ends(project: Path) -> None:
    (project / "layers.py").write_text("import model\n")
    modules = Modules(project, {}, (project,))
    module = modules.load(project / "layers.py")
    assert module is not None and project / "train.py" in dependents(modules, module)
