#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! file settings.toml
[model]
width = 4
classes = 3
[paths]
weights = "a.pth"
#! script main.py
import sys
from dataclasses import dataclass, field

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib
import torch
from torch import nn


@dataclass
class Model:
    width: int = 8
    classes: int = 10


@dataclass
class Settings:
    model: Model = field(default_factory=Model)
    weights: str = ""

    @classmethod
    def read(cls, path):
        with open(path, "rb") as f:
            raw = tomllib.load(f)
        return cls(Model(**raw["model"]), raw["paths"]["weights"])


s = Settings.read("settings.toml")
net = nn.Linear(s.model.width, s.model.classes)
net.load_state_dict(torch.load(s.weights))
