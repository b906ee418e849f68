#! make
import torch
from torch import nn
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3), "1.weight": torch.zeros(2, 3), "1.bias": torch.zeros(2)}, "a.pth")
#! file core/parts.py
from torch import nn

model = nn.Sequential(nn.Linear(4, 3))


def grow(net):
    net.append(nn.Linear(3, 2))
#! script main.py
import sys

sys.path.append("core")
import parts
import torch

parts.grow(parts.model)
parts.model.load_state_dict(torch.load("a.pth"))
