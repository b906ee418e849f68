#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

try:
    from apex.normalization import FusedRMSNorm as Norm
    has_apex = True
except ImportError:
    Norm = nn.LayerNorm
    has_apex = False

net = nn.Sequential(nn.Linear(4, 3), Norm(3, bias=has_apex))
net.load_state_dict(torch.load("a.pth"))
