#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "small.pth")
torch.save(nn.Linear(8, 2).state_dict(), "large.pth")
#! script main.py
"""Two models of one family."""
from __future__ import annotations

import torch
from torch import nn


def _net(width, path):
    net = nn.Linear(width, 2)
    try:
        state = torch.load(path)
    except:
        raise
    net.load_state_dict(state)
    return net


def unused():
    return _net(3, "small.pth")


def small():
    return _net(4, "small.pth")


def large():
    return _net(7, "large.pth")


if __name__ == "__main__":
    large()
