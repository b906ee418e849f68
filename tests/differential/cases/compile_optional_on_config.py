#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3)).state_dict(), "plain.pt")
#! script main.py
import torch
from torch import nn

compile = True
net = nn.Sequential(nn.Linear(4, 3))
if compile:
    net = torch.compile(net)
net.load_state_dict(torch.load("plain.pt"))
