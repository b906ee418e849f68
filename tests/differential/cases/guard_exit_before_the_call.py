#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import sys

import torch
from torch import nn

MODE = "export"
if MODE == "export":
    print("nothing to do")
    sys.exit(0)
net = nn.Linear(4, 2)
net.load_state_dict(torch.load("a.pth"))
