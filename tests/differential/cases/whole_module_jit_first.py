#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "clip.pt")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
try:
    state_dict = torch.jit.load("clip.pt", map_location="cpu").state_dict()
except RuntimeError:
    state_dict = torch.load("clip.pt", map_location="cpu")
net.load_state_dict(state_dict)
#! may be unresolved: jit
