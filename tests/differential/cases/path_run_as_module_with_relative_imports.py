#! own root
#! run as module pkg.evaluate
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file pkg/__init__.py
#! file pkg/net.py
from torch import nn


def build():
    return nn.Linear(4, 2)
#! script pkg/evaluate.py
import torch

from .net import build

net = build()
net.load_state_dict(torch.load("a.pth"))
