#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
from types import SimpleNamespace

import torch
from torch import nn

state = SimpleNamespace()
state.model = nn.Linear(4, 3)
state.weights = torch.load("a.pth")
w = state.weights
w.pop("extra")
state.model.load_state_dict(state.weights)
