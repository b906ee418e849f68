#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "epoch": 4}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
sd = torch.load("a.pth")
if sd.pop("epoch", 0) > 3:
    print("late checkpoint")
net.load_state_dict(sd)
