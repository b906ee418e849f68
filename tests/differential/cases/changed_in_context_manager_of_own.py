#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def opened(path):
    sd = torch.load(path)
    sd.pop("extra")
    yield sd


m = nn.Linear(4, 3)
with opened("a.pth") as weights:
    m.load_state_dict(weights)
