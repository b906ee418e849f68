#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "a.x": torch.zeros(1), "b.x": torch.zeros(1), "c": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
sd = torch.load("a.pth")
for key in list(sd):
    if "." not in key:
        continue
    if key.startswith("b"):
        break
    del sd[key]
m.load_state_dict(sd)
