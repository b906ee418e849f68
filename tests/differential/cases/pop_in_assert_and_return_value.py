#! make
import torch
from torch import nn
torch.save({"sd": nn.Linear(4, 3).state_dict(), "x": 1}, "a.pth")
#! script main.py
import torch
from torch import nn


def drop_bias(d):
    return d.pop("bias")


net = nn.Linear(4, 3)
sd = torch.load("a.pth")["sd"]
assert drop_bias(sd) is not None
net.load_state_dict(sd)
