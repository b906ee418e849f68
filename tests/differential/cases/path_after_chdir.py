#! make
import os, torch
from torch import nn
os.makedirs("sub")
torch.save(nn.Linear(4, 3).state_dict(), "sub/a.pth")
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! script main.py
import os

import torch
from torch import nn

os.chdir("sub")
net = nn.Linear(4, 2)
net.load_state_dict(torch.load("a.pth"))
