#! make
import torch
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3), "0.weight.x": torch.zeros(1), "1.weight": torch.zeros(2)}, "odd.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
net.load_state_dict(torch.load("odd.pth"))
