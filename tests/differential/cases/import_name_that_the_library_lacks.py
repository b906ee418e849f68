#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! judge-only make
import torch.nn.functional
torch.nn.functional.odd_name = "x"
import sys, types
old = types.ModuleType("torch._old_six")
old.inf = 1.0
sys.modules["torch._old_six"] = torch._old_six = old
#! script main.py
import torch
from torch import nn
from torch._old_six import inf
from torch.nn.functional import odd_name, relu

try:
    from torch.nn import NoSuchLayer
except ImportError:
    NoSuchLayer = nn.Linear

LIMIT = inf
net = NoSuchLayer(4, 3)
net.load_state_dict(torch.load("a.pth"))
