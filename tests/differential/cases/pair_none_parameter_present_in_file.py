#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3)).state_dict(), "bias.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3, bias=False), nn.LayerNorm(3))
net.load_state_dict(torch.load("bias.pth"))
