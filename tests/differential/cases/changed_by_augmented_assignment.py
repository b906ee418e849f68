#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
sd = torch.load("a.pth")
other = dict(sd)
view = other
view |= {"scale": torch.ones(1)}
m.load_state_dict(other)
