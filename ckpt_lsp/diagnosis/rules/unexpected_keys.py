"""unexpected-keys."""

from ...types import Severity
from .rule import Rule

UNEXPECTED_KEYS = Rule(
    name="unexpected-keys",
    severity=Severity.ERROR,
    summary="The checkpoint holds keys that the model has no place for.",
    why=(
        "`load_state_dict` is strict unless told otherwise: it raises RuntimeError if the state dict has a key that "
        "no module of the model takes. The file may come from another version or a larger model, or its keys "
        "carry a prefix."
    ),
    fix=(
        "Bring the names together where the tensors are wanted; take out the keys that are not. Delete them in "
        "place: a copy as a plain dict loses `_metadata`, the versions that modules go by when they load."
    ),
    given=(
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Sequential(nn.Linear(4, 4))\n"
        'torch.save(nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2)).state_dict(), "two.pth")\n'
    ),
    broken='model.load_state_dict(torch.load("two.pth"))\n',
    fixed=(
        'state_dict = torch.load("two.pth")\n'
        'for key in ("1.weight", "1.bias"):\n'
        "    state_dict.pop(key, None)\n"
        "model.load_state_dict(state_dict)\n"
    ),
)
