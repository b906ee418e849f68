"""What the pre-commit hook runs, in a clone without weights, against importing torch and doing nothing with it; and
the same for a commit that no load site depends on."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from timing import medians, tell

CHECKOUT = Path(__file__).parents[1]
CKPT_LSP = Path(sys.executable).with_name("ckpt-lsp")
REPEATS = 9
MOST = 1.5
"""Times what importing torch takes."""

BREAKS, HARMLESS = "ckpt-lsp check --affected resnet.py", "ckpt-lsp check --affected notes.py"
REFERENCE = 'python -c "import torch"'


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        make = [sys.executable, CHECKOUT / "fixtures/checkpoints.py", "classifier", project]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        prepare(project)
        sides = {BREAKS: lambda: breaks(project), HARMLESS: lambda: harmless(project), REFERENCE: import_torch}
        seconds = medians(sides, REPEATS)
    title = f"Hook in a clone without weights, medians of {REPEATS} interleaved runs"
    tell(title, BREAKS, REFERENCE, seconds)
    assert seconds[BREAKS] <= MOST * seconds[REFERENCE]


def prepare(project: Path) -> None:
    """Locks the checkpoint, takes it away, and renames an attribute of the model."""
    (project / "pyproject.toml").touch()
    subprocess.run([CKPT_LSP, "lock", "--python", sys.executable], cwd=project, check=True, stdout=subprocess.DEVNULL)
    (project / "resnet.pth").unlink()
    (project / "notes.py").write_text("x = 1\n")
    model = project / "resnet.py"
    model.write_text(model.read_text().replace("self.fc", "self.head"))


def breaks(project: Path) -> None:
    done = hook(project, "resnet.py")
    assert done.returncode == 1 and "missing-keys" in done.stdout and "judged by its record" in done.stdout, done.stdout


def harmless(project: Path) -> None:
    done = hook(project, "notes.py")
    assert (done.returncode, done.stdout) == (0, "No load sites found.\n"), done.stdout


def hook(project: Path, changed: str) -> subprocess.CompletedProcess[str]:
    command = [CKPT_LSP, "check", "--affected", "--python", sys.executable, changed]
    return subprocess.run(command, cwd=project, stdout=subprocess.PIPE, text=True, check=False)


def import_torch() -> None:
    subprocess.run([sys.executable, "-c", "import torch"], check=True)


if __name__ == "__main__":
    main()
