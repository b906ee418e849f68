#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "fc.weight": torch.zeros(1), "fc.bias": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
state_dict = torch.load("a.pth")
for k in ["fc.weight", "fc.bias"]:
    del state_dict[k]
net.load_state_dict(state_dict)
