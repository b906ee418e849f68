#! make
import torch
torch.save({"model.weight": torch.zeros(3, 4), "model.bias": torch.zeros(3), "temperature": torch.ones(1)}, "a.pth")
#! script main.py
import torch
from torch import nn


class WithTemperature(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model
        self.temperature = nn.Parameter(torch.ones(1) * 1.5)


inner = nn.Linear(4, 2)
outer = WithTemperature(inner)
outer.load_state_dict(torch.load("a.pth"))
