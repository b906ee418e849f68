#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class Config:
    width: int = 3
    names: list = field(default_factory=lambda: ["a"])

    @property
    def path(self):
        return self.names[0] + ".pth"


cfg = Config(width=2)
net = nn.Linear(4, cfg.width)
net.load_state_dict(torch.load(cfg.path))
