#! make
import torch
from torch import nn
torch.save({**nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3)).state_dict(), "9.bias": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
pretrained = torch.load("a.pth")
net.load_state_dict({k: v for k, v in pretrained.items() if k in net.state_dict()}, strict=False)
