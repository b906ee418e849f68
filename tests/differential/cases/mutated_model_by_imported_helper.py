#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 5)).state_dict(), "a.pth")
#! file surgery.py
from torch import nn


def new_head(net, classes):
    net.add_module("2", nn.Linear(net[0].out_features, classes))
#! script main.py
import torch
from torch import nn

from surgery import *

net = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
new_head(net, 4)
net.load_state_dict(torch.load("a.pth"))
