#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3)).state_dict(), "plain.pth")
#! script main.py
from collections import OrderedDict

import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
state_dict = torch.load("plain.pth")
new_state_dict = OrderedDict()
for k, v in state_dict.items():
    name = k[7:]
    new_state_dict[name] = v
net.load_state_dict(new_state_dict)
