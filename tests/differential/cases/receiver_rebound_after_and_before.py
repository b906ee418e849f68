#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(9, 9)
net = nn.Linear(4, 3)
net.load_state_dict(torch.load("a.pth"))
net = nn.Linear(1, 1)
