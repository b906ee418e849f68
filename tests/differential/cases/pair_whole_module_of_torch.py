#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), "whole.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 5))
net.load_state_dict(torch.load("whole.pth", weights_only=False).state_dict())
#! may be unresolved: whole|pickled|module
