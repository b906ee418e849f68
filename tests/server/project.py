"""Scripts that load a state dict, and the checkpoints they load."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

LOAD = "net.load_state_dict(torch.load('net.pth'))"


def script(load: str = LOAD, *, init: str = "self.fc = nn.Linear(4, 2)", before: str = "") -> str:
    """A script that builds a model by `init` and then loads into it by the line `load`."""
    return (
        "import torch\n"
        "from torch import nn\n"
        f"{before}\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        f"        {init}\n"
        "\n"
        "net = Net()\n"
        f"{load}\n"
    )


def save_checkpoint(path: Path, prefix: str = "", more: Mapping[str, int] | None = None) -> None:
    """A state dict of the model that `script` builds, its keys prefixed; `more` are rows of that many numbers."""
    net = nn.Module()
    net.fc = nn.Linear(4, 2)
    state_dict = {prefix + key: value for key, value in net.state_dict().items()}
    torch.save({**state_dict, **{key: torch.zeros(1, size) for key, size in (more or {}).items()}}, path)
