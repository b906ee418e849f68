#! make
import torch
from torch import nn
torch.save({"classes": torch.tensor(3), "sd": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn

ck = torch.load("a.pth")
net = nn.Linear(4, ck["classes"].item())
net.load_state_dict(ck["sd"])
#! may be unresolved: value
