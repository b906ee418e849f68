"""executes-code."""

from ...types import Severity
from .rule import Rule

EXECUTES_CODE = Rule(
    name="executes-code",
    severity=Severity.WARNING,
    summary="Loading the file runs functions that have nothing to do with a model.",
    why=(
        "A checkpoint is a pickle, and a pickle may call any function that can be imported: `os.system`, `eval`, "
        "`subprocess.Popen`. With `weights_only=False` `torch.load` calls them, on the machine and with the rights of "
        "whoever loads the file. What rebuilds tensors, arrays, containers and classes is not meant by this rule."
    ),
    fix=(
        "Do not load the file unless you know who made it and why. Ask its author for a file that holds the state "
        "dict alone, or for safetensors, and leave `weights_only` on."
    ),
    given=(
        "import os\n"
        "\n"
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "\n"
        "class Surprise:\n"
        "    def __reduce__(self):\n"
        "        return os.getcwd, ()\n"
        "\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save({"model": nn.Linear(4, 2).state_dict(), "surprise": Surprise()}, "gift.pth")\n'
        'torch.save(nn.Linear(4, 2).state_dict(), "plain.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("gift.pth", weights_only=False)["model"])\n',
    fixed='model.load_state_dict(torch.load("plain.pth"))\n',
)
