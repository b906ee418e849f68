#! make
import torch
from torch import nn
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3), "1.weight": torch.zeros(2, 3), "1.bias": torch.zeros(2)}, "a.pth")
#! own root
#! file core/parts/growing.py
from torch import nn


def grow(net):
    net.append(nn.Linear(3, 2))
    return len(net)
#! file core/loading.py
import torch


def restore(net, path):
    net.load_state_dict(torch.load(path))
#! script main.py
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "core"))
from loading import restore
from parts.growing import grow
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
count = grow(net)
restore(net, "a.pth")
