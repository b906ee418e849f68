#! make
import torch
torch.save({"weight": torch.zeros(3, 4)}, "a.pth")
#! script main.py
import torch
from torch import nn

old_init = nn.Linear.__init__
nn.Linear.__init__ = lambda self, i, o, **k: old_init(self, i, o, bias=False)
m = nn.Linear(4, 3)
m.load_state_dict(torch.load("a.pth"))
