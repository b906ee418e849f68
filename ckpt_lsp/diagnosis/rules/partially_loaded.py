"""partially-loaded."""

from ...types import Severity
from .rule import Rule

PARTIALLY_LOADED = Rule(
    name="partially-loaded",
    severity=Severity.WARNING,
    summary="With `strict=False` a part of the model is not loaded, and torch says nothing.",
    why=(
        "`strict=False` keeps missing keys quiet, and their tensors stay as they were initialised. That may be "
        "meant, as for a new head; it may as well be that a prefix or a new name hides them."
    ),
    fix=(
        "Compare the missing with the unexpected keys. Where it is meant, suppress it with "
        "`# ckpt-lsp: ignore[partially-loaded]`."
    ),
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        'model = nn.ModuleDict({"body": nn.Linear(4, 4), "head": nn.Linear(4, 2)})\n'
        'old = nn.ModuleDict({"body": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})\n'
        'torch.save(old.state_dict(), "old.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("old.pth"), strict=False)\n',
    fixed=(
        'state_dict = torch.load("old.pth")\n'
        'for name in ("weight", "bias"):\n'
        '    state_dict["head." + name] = state_dict.pop("classifier." + name)\n'
        "model.load_state_dict(state_dict)\n"
    ),
)
