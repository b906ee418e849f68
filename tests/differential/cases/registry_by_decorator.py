#! make
import torch
torch.save({"fc.weight": torch.zeros(8, 4), "fc.bias": torch.zeros(8)}, "a.pth")
#! script main.py
import torch
from torch import nn

MODELS = {}


def register(name):
    def add(cls):
        MODELS[name] = cls
        return cls

    return add


@register("small")
class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)


@register("big")
class Big(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)


model = MODELS["small"]()
model.load_state_dict(torch.load("a.pth"))
