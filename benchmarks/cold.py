"""A cold `ckpt-lsp check` of one file, worker and all, against importing torch and doing nothing with it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import medians, tell

CHECKOUT = Path(__file__).parents[1]
CKPT_LSP = Path(sys.executable).with_name("ckpt-lsp")
REPEATS = 9

OURS, REFERENCE = "ckpt-lsp check predict.py", 'python -c "import torch"'


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        make = [sys.executable, CHECKOUT / "fixtures/checkpoints.py", "classifier", project, "module_prefix"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        seconds = medians({OURS: lambda: check(project), REFERENCE: import_torch}, REPEATS)
    tell(f"Cold, one file, medians of {REPEATS} interleaved runs", OURS, REFERENCE, seconds)


def check(project: Path) -> None:
    command = [CKPT_LSP, "check", "--output-format", "json", "--python", sys.executable, "predict.py"]
    done = subprocess.run(command, cwd=project, stdout=subprocess.PIPE, check=False)
    assert json.loads(done.stdout)["summary"]["raises"] == 1, done.stdout


def import_torch() -> None:
    subprocess.run([sys.executable, "-c", "import torch"], check=True)


if __name__ == "__main__":
    main()
