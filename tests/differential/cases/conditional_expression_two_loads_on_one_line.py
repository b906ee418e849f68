#! make
import torch
from torch import nn
torch.save({"big": nn.Linear(4, 9).state_dict(), "small": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn

large = False
ck = torch.load("a.pth")
big, small = nn.Linear(4, 9), nn.Linear(4, 2)
big.load_state_dict(ck["big"]) if large else small.load_state_dict(ck["small"])
