#! make
import torch
from torch import nn
torch.save({"model": {**nn.Linear(4, 3).state_dict(), "fc.weight": torch.zeros(1)}}, "a.pth")
#! script main.py
import torch
from torch import nn

m = nn.Linear(4, 3)
ck = torch.load("a.pth")
d = ck["model"]
d.pop("fc.weight")
m.load_state_dict(ck["model"])
