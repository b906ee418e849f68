#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
with open("a.pth", "rb") as f:
    state = torch.load(f, map_location="cpu")
net.load_state_dict(state)
