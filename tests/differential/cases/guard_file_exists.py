#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import os
from pathlib import Path

import torch
from torch import nn

net = nn.Linear(4, 2)
if os.path.exists("b.pth"):
    net.load_state_dict(torch.load("b.pth"))
elif Path("a.pth").is_file():
    net.load_state_dict(torch.load("a.pth"))
