#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

net = nn.Sequential(nn.Linear(4, 3))
weight_norm(net[0])
net.load_state_dict(torch.load("a.pth"))
