"""unused-strict-false."""

from ...types import Severity
from .rule import Rule

UNUSED_STRICT_FALSE = Rule(
    name="unused-strict-false",
    severity=Severity.HINT,
    summary="The call passes `strict=False`, and this checkpoint fits without it.",
    why=(
        "Nothing is missing and nothing is unexpected, so `strict=False` keeps quiet about nothing now. It will keep "
        "quiet about the next checkpoint, or the next change of the model, of which half is not loaded."
    ),
    fix="Leave it out, unless other checkpoints are loaded by this call as well.",
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save(nn.Linear(4, 2).state_dict(), "linear.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("linear.pth"), strict=False)\n',
    fixed='model.load_state_dict(torch.load("linear.pth"))\n',
)
