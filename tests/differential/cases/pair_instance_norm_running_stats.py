#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Conv2d(3, 4, 3), nn.InstanceNorm2d(4, affine=True, track_running_stats=True)).state_dict(), "in.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.InstanceNorm2d(4, affine=True))
net.load_state_dict(torch.load("in.pth"))
