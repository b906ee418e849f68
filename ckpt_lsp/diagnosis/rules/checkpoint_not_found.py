"""checkpoint-not-found."""

from ...types import Severity
from .rule import Rule

CHECKPOINT_NOT_FOUND = Rule(
    name="checkpoint-not-found",
    severity=Severity.INFORMATION,
    summary="No file is where the program looks for the checkpoint, so the call could not be checked.",
    why=(
        "The path may be one of another machine, relative to another working directory, or a placeholder that is "
        "never filled in. Weights are often not in the repository, so this is no error by itself."
    ),
    fix=(
        "Put the file there, correct the path (files with like names that load are offered), or say what is loaded by "
        "`# ckpt-lsp: checkpoint PATH`."
    ),
    given=(
        "import torch\nfrom torch import nn\n\nmodel = nn.Linear(4, 2)\n"
        'torch.save(nn.Linear(4, 2).state_dict(), "net_3.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("net_%d.pth"))\n',
    fixed='model.load_state_dict(torch.load("net_%d.pth" % 3))\n',
)
