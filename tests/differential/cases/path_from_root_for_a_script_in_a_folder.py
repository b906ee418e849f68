#! own root
#! make
import os, torch
from torch import nn
os.makedirs("checkpoints")
torch.save(nn.Linear(4, 3).state_dict(), "checkpoints/a.pth")
#! file models/net.py
from torch import nn


class Net(nn.Linear):
    def __init__(self):
        super().__init__(4, 2)
#! script tools/test.py
import sys

sys.path.append(".")
import torch

from models.net import Net

net = Net()
net.load_state_dict(torch.load("checkpoints/a.pth"))
