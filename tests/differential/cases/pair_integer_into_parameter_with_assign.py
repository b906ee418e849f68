#! make
import torch
torch.save({"weight": torch.zeros(3, 4, dtype=torch.int64), "bias": torch.zeros(3)}, "int.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load("int.pth"), assign=True)
