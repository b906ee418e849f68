#! make
import torch
torch.save({"weight": [[0.0] * 4] * 3, "bias": None}, "lists.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load("lists.pth"))
