"""size-mismatch."""

from ...types import Severity
from .rule import Rule

SIZE_MISMATCH = Rule(
    name="size-mismatch",
    severity=Severity.ERROR,
    summary="A tensor of the checkpoint has another shape than the model's tensor of that name.",
    why=(
        "torch copies tensor by tensor and raises RuntimeError where shapes differ, with `strict=False` as well. "
        "The model is built with other arguments than the one that was saved: another number of classes, another "
        "width, another vocabulary."
    ),
    fix=(
        "Build the model with the arguments that it was trained with. To train a new head, load first and replace "
        "the head afterwards."
    ),
    given=(
        'import torch\nfrom torch import nn\n\ntorch.save(nn.Linear(4, 1000).state_dict(), "head.pth")\nclasses = 10\n'
    ),
    broken='model = nn.Linear(4, classes)\nmodel.load_state_dict(torch.load("head.pth"), strict=False)\n',
    fixed='classes = 1000\nmodel = nn.Linear(4, classes)\nmodel.load_state_dict(torch.load("head.pth"))\n',
)
