#! make
import torch
torch.save({"scale": torch.ones(1), "shift": torch.ones([]), "wide": torch.ones(2)}, "scale.pth")
#! script main.py
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.shift = nn.Parameter(torch.ones(1))
        self.wide = nn.Parameter(torch.tensor(2.0))


s = Scale()
s.load_state_dict(torch.load("scale.pth"))
