#! may be unresolved: expanded
#! make
import torch
torch.save({"weight": torch.zeros(3, 4)}, "e.pth")
#! script main.py
import torch
from torch import nn


class Bias(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 4).expand(3, 4))


m = Bias()
m.load_state_dict(torch.load("e.pth"))
