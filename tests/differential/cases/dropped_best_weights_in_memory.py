#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import copy

import torch
from torch import nn

net = nn.Linear(4, 2)
best = copy.deepcopy(net.state_dict())
for _ in range(2):
    best = copy.deepcopy(net.state_dict())
net.load_state_dict(best)
net.load_state_dict(torch.load("a.pth"))
#! may be unresolved: own state|no file
