"""load-error."""

from ...types import Severity
from .rule import Rule

LOAD_ERROR = Rule(
    name="load-error",
    severity=Severity.ERROR,
    summary="Loading raises something else than a mismatch of keys or sizes.",
    why=(
        "The call, or the code on the way to it, ends in an exception: the argument is no state dict, a value is "
        "no tensor, a key that the program looks for is not in the file."
    ),
    fix="Read the exception: it is the one that running the program would end in.",
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save([nn.Linear(4, 2).state_dict()], "list.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("list.pth"))\n',
    fixed='model.load_state_dict(torch.load("list.pth")[0])\n',
)
