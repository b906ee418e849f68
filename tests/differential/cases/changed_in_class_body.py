#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

sd = torch.load("a.pth")


class Config:
    extra = sd.pop("extra")
    width = 3


m = nn.Linear(4, Config.width)
m.load_state_dict(sd)
