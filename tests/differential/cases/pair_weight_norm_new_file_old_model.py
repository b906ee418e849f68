#! make
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm
torch.save(nn.Sequential(weight_norm(nn.Linear(4, 3))).state_dict(), "wn.pth")
#! script main.py
import torch
from torch import nn
from torch.nn.utils import weight_norm

net = nn.Sequential(weight_norm(nn.Linear(4, 3)))
net.load_state_dict(torch.load("wn.pth"))
