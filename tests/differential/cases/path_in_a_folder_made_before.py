#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "start.pth")
#! script main.py
import os

import torch
from torch import nn

os.makedirs("runs/a", exist_ok=True)
if os.path.isdir("runs/a"):
    found = [name for name in os.listdir("runs/a") if name.endswith(".pth")]
    path = os.path.join("runs/a", sorted(found)[-1]) if found else "start.pth"
net = nn.Linear(4, 3)
net.load_state_dict(torch.load(path))
