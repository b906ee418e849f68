#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! file helpers/__init__.py

#! file helpers/files.py
import torch


def load_state_dict(path):
    return torch.load(path)
#! script main.py
from torch import nn

from helpers import files

net = nn.Linear(4, 3)
net.load_state_dict(files.load_state_dict("a.pth"))
