#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "three.pth")
torch.save(nn.Linear(4, 2).state_dict(), "two.pth")
#! script main.py
import torch
from torch import nn


def restore(width, path):
    net = nn.Linear(4, width)
    net.load_state_dict(torch.load(path))
    return net


a = restore(3, "three.pth")
b = restore(3, "two.pth")
