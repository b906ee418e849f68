#! make
import torch
from torch import nn
torch.save({"generator": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
ckpt = torch.load("a.pth")
for key in ("state_dict", "model", "params_ema", "params", "generator"):
    if key in ckpt:
        ckpt = ckpt[key]
        break
net.load_state_dict(ckpt)
