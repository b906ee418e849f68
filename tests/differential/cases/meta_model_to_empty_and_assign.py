#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

with torch.device("meta"):
    net = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3), nn.Linear(3, 1))
net.to_empty(device="cpu")
net.load_state_dict(torch.load("a.pth"), assign=True)
