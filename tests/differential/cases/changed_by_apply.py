#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def no_bias(m):
    if isinstance(m, nn.Linear):
        m.bias = None


net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
net.apply(no_bias)
net.load_state_dict(torch.load("a.pth"))
