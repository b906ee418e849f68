#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import io

import torch
from torch import nn

with open("a.pth", "rb") as f:
    buffer = io.BytesIO(f.read())
net = nn.Linear(4, 2)
net.load_state_dict(torch.load(buffer))
