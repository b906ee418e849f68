#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4))
for name, child in net.named_children():
    if isinstance(child, nn.BatchNorm2d):
        setattr(net, name, nn.GroupNorm(2, 4))
net.load_state_dict(torch.load("a.pth"))
