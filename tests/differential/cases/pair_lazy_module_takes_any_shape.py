#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(7, 3), nn.Linear(3, 2)).state_dict(), "lazy.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.LazyLinear(3), nn.Linear(3, 2))
net.load_state_dict(torch.load("lazy.pth"))
