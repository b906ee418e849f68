#! make
import torch
torch.save({"freq": torch.zeros(4), "w": torch.zeros(2)}, "a.pth")
#! script main.py
import math

import numpy as np
import torch
from torch import nn


class Pos(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        table = torch.from_numpy(np.exp(np.arange(0, d, 2) * -(math.log(10000.0) / d)).astype("float32"))
        self.register_buffer("freq", table * torch.ones(4))
        self.w = nn.Parameter(torch.ones(3))


net = Pos()
net.load_state_dict(torch.load("a.pth"))
