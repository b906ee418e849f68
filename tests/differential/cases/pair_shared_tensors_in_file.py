#! make
import torch
shared = torch.zeros(4, 4)
torch.save({"0.weight": shared, "1.weight": shared, "0.bias": shared[0], "1.bias": shared[:, 1]}, "shared.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4))
net.load_state_dict(torch.load("shared.pth"))
