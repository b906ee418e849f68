#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3)).state_dict(), "plain.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 1))
state_dict = torch.load("plain.pth")
if list(state_dict.keys())[0].startswith("module."):
    state_dict = {k[7:]: v for k, v in state_dict.items()}
net.load_state_dict(state_dict)
