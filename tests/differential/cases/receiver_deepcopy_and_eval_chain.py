#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
from copy import deepcopy

import torch
from torch import nn

net = nn.Linear(4, 2)
ema = deepcopy(net).eval().requires_grad_(False)
ema.bias = None
net.load_state_dict(torch.load("a.pth"))
