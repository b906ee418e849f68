#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "fc.weight": torch.zeros(1), "fc.bias": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
sd = torch.load("a.pth")
heads = [sd.pop(k) for k in list(sd) if k.startswith("fc.")]
net.load_state_dict(sd)
