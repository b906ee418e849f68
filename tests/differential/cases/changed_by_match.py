#! make
import torch
from torch import nn
torch.save({"kind": "wide", "state": nn.Linear(4, 8).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn

match torch.load("a.pth"):
    case {"kind": "wide", "state": state}:
        m = nn.Linear(4, 8)
    case {"state": state}:
        m = nn.Linear(4, 3)
m.load_state_dict(state)
