#! may be unresolved: IndexError|sys.argv|argument
#! argv a.pth
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import sys

import torch
from torch import nn

path = sys.argv[1] if len(sys.argv) > 1 else "a.pth"
net = nn.Linear(4, 2)
net.load_state_dict(torch.load(path))
