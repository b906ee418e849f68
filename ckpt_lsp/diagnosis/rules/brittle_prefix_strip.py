"""brittle-prefix-strip."""

from ...types import Severity
from .rule import Rule

BRITTLE_PREFIX_STRIP = Rule(
    name="brittle-prefix-strip",
    severity=Severity.WARNING,
    summary="Code that takes a prefix off keys changes keys of this checkpoint that do not have it.",
    why=(
        '`k[7:]` cuts seven characters off whatever stands there, `k.replace("module.", "")` takes `module.` out of '
        'the middle of a key as well, `k.lstrip("module.")` strips any of these letters. They fit the checkpoint they '
        "were written for, and mangle the keys of another. Only told where that happens to this very checkpoint."
    ),
    fix='`k.removeprefix("module.")` takes off the prefix where it is there, and nothing else.',
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save(nn.Linear(4, 2).state_dict(), "linear.pth")\n'
        'state_dict = torch.load("linear.pth")\n'
    ),
    broken="model.load_state_dict({k[7:]: v for k, v in state_dict.items()})\n",
    fixed='model.load_state_dict({k.removeprefix("module."): v for k, v in state_dict.items()})\n',
)
