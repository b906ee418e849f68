#! make
import torch
from torch import nn
torch.save(nn.Linear(5, 3).state_dict(), "l.pth")
#! script main.py
import torch
from torch import nn

with torch.device("meta"):
    net = nn.Linear(4, 3)
net.load_state_dict(torch.load("l.pth", mmap=True), assign=True)
