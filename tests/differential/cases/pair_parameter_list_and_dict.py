#! make
import torch
torch.save({"prompts.0": torch.zeros(2), "prompts.1": torch.zeros(3), "scales.low": torch.zeros(1), "scales.high": torch.zeros(1), "heads.b.weight": torch.zeros(1, 2), "heads.b.bias": torch.zeros(1)}, "p.pth")
#! script main.py
import torch
from torch import nn


class Prompt(nn.Module):
    def __init__(self):
        super().__init__()
        self.prompts = nn.ParameterList([nn.Parameter(torch.zeros(2)) for _ in range(3)])
        self.scales = nn.ParameterDict({"low": nn.Parameter(torch.zeros(1)), "mid": nn.Parameter(torch.zeros(1))})
        self.heads = nn.ModuleDict({"a": nn.Linear(2, 1), "b": nn.Linear(2, 1)})


model = Prompt()
model.load_state_dict(torch.load("p.pth"))
