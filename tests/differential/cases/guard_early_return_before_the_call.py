#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def load(net, path):
    if path is None:
        return net
    if not path.endswith(".pth"):
        raise ValueError(path)
    net.load_state_dict(torch.load(path))
    return net


load(nn.Linear(4, 3), None)
load(nn.Linear(4, 2), "a.pth")
