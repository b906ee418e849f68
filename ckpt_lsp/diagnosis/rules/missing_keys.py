"""missing-keys."""

from ...types import Severity
from .rule import Rule

MISSING_KEYS = Rule(
    name="missing-keys",
    severity=Severity.ERROR,
    summary="The model has parameters or buffers that the checkpoint does not hold.",
    why=(
        "`load_state_dict` is strict unless told otherwise: it raises RuntimeError if the state dict lacks a key of "
        "the model. Often the tensors are there under other names: saved from a DataParallel or compiled model "
        "(`module.`, `_orig_mod.`), from a larger model (`backbone.`), or below a key of the checkpoint "
        '(`checkpoint["state_dict"]`).'
    ),
    fix=(
        "Bring the names together: strip or add the prefix, load into the sub-module, pick the right part of the "
        "checkpoint. `strict=False` only where the missing tensors are meant to stay as they were initialised."
    ),
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Linear(4, 2)\n"
        'torch.save(nn.DataParallel(nn.Linear(4, 2)).state_dict(), "linear.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("linear.pth"))\n',
    fixed=(
        'state_dict = torch.load("linear.pth")\n'
        'torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state_dict, "module.")\n'
        "model.load_state_dict(state_dict)\n"
    ),
)
