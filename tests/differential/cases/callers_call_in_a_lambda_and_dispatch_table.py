#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def restore(width):
    net = nn.Linear(4, width)
    net.load_state_dict(torch.load("a.pth"))
    return net


ACTIONS = {"eval": lambda: restore(2), "noop": lambda: None}
ACTIONS["eval"]()
