#! make
import torch
from torch import nn
torch.save({"state_dict": {"state_dict": nn.Linear(4, 3).state_dict()}}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
state = torch.load("a.pth")
while "state_dict" in state:
    state = state["state_dict"]
net.load_state_dict(state)
