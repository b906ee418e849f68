#! make
import torch
from torch import nn
torch.save({"model_args": dict(n=4, width=3, bias=False), "model": nn.Linear(4, 3).state_dict()}, "ckpt.pt")
#! script main.py
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Config:
    n: int = 8
    width: int = 8
    bias: bool = True


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(config.width, config.n))
        self.bias = nn.Parameter(torch.empty(config.width)) if config.bias else None


checkpoint = torch.load("ckpt.pt", map_location="cpu")
gptconf = Config(**checkpoint["model_args"])
model = GPT(gptconf)
model.load_state_dict(checkpoint["model"])
