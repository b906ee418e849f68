#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
sd = torch.load("a.pth")
globals()["sd"] = {k: v for k, v in sd.items() if k != "extra"}
m.load_state_dict(sd)
