#! make
import torch
from torch import nn
state = nn.Sequential(nn.Linear(4, 3)).state_dict()
torch.save({"module._orig_mod." + k: v for k, v in state.items()}, "both.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
sd = torch.load("both.pth")
for prefix in ("module.", "_orig_mod."):
    if next(iter(sd)).startswith(prefix):
        sd = {k.removeprefix(prefix): v for k, v in sd.items()}
net.load_state_dict(sd)
