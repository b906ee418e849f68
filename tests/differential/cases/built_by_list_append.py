#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

layers = []
for i in range(3):
    layers.append(nn.Linear(4, 4))
    layers.append(nn.ReLU())
layers.append(nn.Linear(4, 2))
net = nn.Sequential(*layers)
net.load_state_dict(torch.load("a.pth"))
