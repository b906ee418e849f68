"""not-a-checkpoint."""

from ...types import Severity
from .rule import Rule

NOT_A_CHECKPOINT = Rule(
    name="not-a-checkpoint",
    severity=Severity.ERROR,
    summary="The file is there, but it is nothing that torch can read.",
    why=(
        "A Git LFS pointer in place of the weights, a web page saved by a failed download, an empty or a "
        "truncated file. torch's own message for these is often about something else."
    ),
    fix="Fetch the file again (`git lfs pull` for an LFS pointer) and compare its size with the original.",
    given=(
        "from pathlib import Path\n"
        "\n"
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save(nn.Linear(4, 2).state_dict(), "good.pth")\n'
        'Path("page.pth").write_text("<!DOCTYPE html>")\n'
    ),
    broken='model.load_state_dict(torch.load("page.pth"))\n',
    fixed='model.load_state_dict(torch.load("good.pth"))\n',
)
