#! make
import torch
torch.save({}, "empty.pth")
#! script main.py
import torch
from torch import nn

m = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.PReLU())
m.load_state_dict(torch.load("empty.pth"))
