"""A warm re-check of a ResNet-50-sized load site, as after a keystroke, against the least that any answer
needs: building that model on the meta device and loading meta tensors into it, in a process that has torch.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import torch
from timing import medians, tell

from ckpt_lsp.config import load_settings
from ckpt_lsp.engine import Engine
from ckpt_lsp.types import Document, Loads

sys.path.insert(0, str(Path(__file__).parent / "resnet50"))
from resnet50 import ResNet

REPEATS = 15
OURS, REFERENCE = "re-check of predict.py", "ResNet() on meta + load_state_dict of meta tensors"


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        shutil.copytree(Path(__file__).parent / "resnet50", root)
        state = ResNet().state_dict()
        torch.save(state, root / "resnet50.pth")
        on_meta = {key: value.to("meta") for key, value in state.items()}
        with closing(Engine(root, load_settings(root, flags={"python": sys.executable}))) as engine:
            recheck = Recheck(engine, root / "predict.py")
            seconds = medians({OURS: recheck, REFERENCE: lambda: build_and_load(on_meta)}, REPEATS)
    tell(f"Warm, ResNet-50, medians of {REPEATS} interleaved runs", OURS, REFERENCE, seconds)


class Recheck:
    """Each call is a new version of the document, moved down by a line, so that no cache can answer it."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._text = path.read_text()

    def __call__(self) -> None:
        self._text = "\n" + self._text
        (report,) = self._engine.check(Document(self._path, self._text))
        assert isinstance(report.verdict, Loads), report


def build_and_load(state: dict[str, torch.Tensor]) -> None:
    with torch.device("meta"):
        model = ResNet()
    model.load_state_dict(state)


if __name__ == "__main__":
    main()
