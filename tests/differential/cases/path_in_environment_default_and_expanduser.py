#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import os

import torch
from torch import nn

path = os.path.normpath(os.path.expanduser(os.getenv("NOT_SET_HERE", "./a.pth")))
net = nn.Linear(4, 2)
net.load_state_dict(torch.load(path))
