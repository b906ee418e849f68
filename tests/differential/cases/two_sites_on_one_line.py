#! make
import torch
from torch import nn
torch.save({"b": nn.Linear(4, 9).state_dict(), "a": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn

ck = torch.load("a.pth")
a, b = nn.Linear(4, 3), nn.Linear(4, 8)
a.load_state_dict(ck["a"]); b.load_state_dict(ck["b"])
