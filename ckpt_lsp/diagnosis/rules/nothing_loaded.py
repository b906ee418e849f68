"""nothing-loaded."""

from ...types import Severity
from .rule import Rule

NOTHING_LOADED = Rule(
    name="nothing-loaded",
    severity=Severity.WARNING,
    summary="With `strict=False` not one tensor is loaded, and torch says nothing.",
    why=(
        "`strict=False` keeps missing and unexpected keys quiet. Where no key of the checkpoint fits, all of "
        "the model stays as it was initialised, and the program goes on with random weights."
    ),
    fix="Make the keys fit, most often by stripping a prefix, and leave `strict=False` out.",
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save({"state_dict": nn.Linear(4, 2).state_dict(), "epoch": 3}, "run.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("run.pth"), strict=False)\n',
    fixed='model.load_state_dict(torch.load("run.pth")["state_dict"])\n',
)
