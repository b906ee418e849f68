#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
own = net.state_dict()
own.update(torch.load("a.pth"))
net.load_state_dict(own)
