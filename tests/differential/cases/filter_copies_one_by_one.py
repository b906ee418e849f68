#! make
import torch
from torch import nn
torch.save({**nn.Sequential(nn.Linear(4, 3)).state_dict(), "9.bias": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
saved = torch.load("a.pth")
own = net.state_dict()
for name, param in saved.items():
    if name not in own:
        continue
    own[name].copy_(param)
net.load_state_dict(own)
