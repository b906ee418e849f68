"""weights-only-rejects."""

from ...types import Severity
from .rule import Rule

WEIGHTS_ONLY_REJECTS = Rule(
    name="weights-only-rejects",
    severity=Severity.ERROR,
    summary="`torch.load` refuses the file, since it holds more than tensors and plain values.",
    why=(
        "Since torch 2.6 `torch.load` reads with `weights_only=True` unless told otherwise, and raises for a file "
        "that names any class or function outside a short list: a whole pickled model, argparse.Namespace, numpy "
        "scalars, classes of your own. Loading such a file runs what it names."
    ),
    fix=(
        "If you know where the file comes from: allow what it names by `torch.serialization.safe_globals`; where that "
        "only holds values (a Namespace, a number of numpy, a path) the fix does so. Better once and for all: load it "
        "that way once and save only the state dict."
    ),
    given=(
        "import argparse\n"
        "\n"
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save({"model": nn.Linear(4, 2).state_dict(), "args": argparse.Namespace()}, "run.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("run.pth")["model"])\n',
    fixed=(
        "with torch.serialization.safe_globals([argparse.Namespace]):\n"
        '    checkpoint = torch.load("run.pth")\n'
        'model.load_state_dict(checkpoint["model"])\n'
    ),
)
