#! make
import torch
from torch import nn
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3), "fc.weight": torch.zeros(2, 3), "fc.bias": torch.zeros(2)}, "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Sequential(nn.Linear(4, 3))
b = m
b.fc = nn.Linear(3, 2)
m.load_state_dict(torch.load("a.pth"))
