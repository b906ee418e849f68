#! make
import torch
torch.save({"freqs": torch.zeros(4, dtype=torch.complex64), "mask": torch.zeros(4), "steps": torch.zeros(3)}, "rope.pth")
#! script main.py
import torch
from torch import nn


class Rope(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("freqs", torch.polar(torch.ones(4), torch.arange(4.0)))
        self.register_buffer("mask", torch.ones(4, dtype=torch.bool))
        self.register_buffer("steps", torch.linspace(0, 1, 3))


m = Rope()
m.load_state_dict(torch.load("rope.pth"))
