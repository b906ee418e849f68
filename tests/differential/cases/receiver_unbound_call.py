#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
load = net.load_state_dict
load(torch.load("a.pth"))
