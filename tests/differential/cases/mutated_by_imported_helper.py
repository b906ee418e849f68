#! make
import torch
from torch import nn
torch.save({"module." + k: v for k, v in nn.Linear(4, 3).state_dict().items()}, "a.pth")
#! file utils/checkpoint.py
def clean(state_dict, prefix="module."):
    for key in list(state_dict):
        if key.startswith(prefix):
            state_dict[key[len(prefix):]] = state_dict.pop(key)
#! file utils/__init__.py
#! script main.py
import torch
from torch import nn

from utils import checkpoint as ckpt_utils

m = nn.Linear(4, 3)
sd = torch.load("a.pth")
ckpt_utils.clean(sd)
m.load_state_dict(sd)
