#! make
import torch
from torch import nn
torch.save(nn.DataParallel(nn.Sequential(nn.Linear(4, 2))).state_dict(), "net.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 2))
try:
    net.load_state_dict(torch.load("net.pth"))
except RuntimeError:
    net = nn.DataParallel(net)
    net.load_state_dict(torch.load("net.pth"))
