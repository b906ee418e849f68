#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import sys

import torch
from torch import nn

if sys.version_info >= (3, 8) and __name__ == "__main__" and torch.__version__ >= "1.0":
    net = nn.Linear(4, 3)
    net.load_state_dict(torch.load("a.pth"))
