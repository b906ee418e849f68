#! make
import torch
from torch import nn
torch.save({"a": nn.Linear(4, 3).state_dict(), "b": nn.Linear(4, 2).state_dict()}, "ab.pth")
#! script main.py
import torch
from torch import nn

first, second = nn.Linear(4, 3), nn.Linear(4, 2)
ck = torch.load("ab.pth")
sa, sb = ck["a"], ck["b"]
sa, sb = sb, sa
first.load_state_dict(sa)
second.load_state_dict(sb)
