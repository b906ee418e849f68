#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def build():
    width = 2

    def widen():
        nonlocal width
        width += 1

    widen()
    return nn.Linear(4, width)


m = build()
m.load_state_dict(torch.load("a.pth"))
