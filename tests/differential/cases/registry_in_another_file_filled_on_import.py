#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 8)).state_dict(), "a.pth")
#! file models/registry.py
_MODELS = {}


def register_model(fn):
    _MODELS[fn.__name__] = fn
    return fn


def create_model(name, **kwargs):
    return _MODELS[name](**kwargs)
#! file models/mlp.py
from torch import nn

from .registry import register_model


@register_model
def mlp_tiny(classes=8, **kwargs):
    return nn.Sequential(nn.Linear(4, classes))
#! file models/__init__.py
from .mlp import *
from .registry import create_model
#! script main.py
import torch

import models

net = models.create_model("mlp_tiny", classes=6)
net.load_state_dict(torch.load("a.pth"))
