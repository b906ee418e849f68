#! script main.py
import os

import torch
from torch import nn

net = nn.Linear(4, 2)
if os.path.isfile("a.pth"):
    net.load_state_dict(torch.load("a.pth"))
    print("loaded")
