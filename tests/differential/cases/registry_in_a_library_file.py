#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "b.pth")
#! file zoo/__init__.py
from .build import registry
#! file zoo/build.py
import torch
from torch import nn


def build_small(checkpoint=None):
    return _build(4, checkpoint)


def build_large(checkpoint=None):
    return _build(8, checkpoint)


registry = {"small": build_small, "large": build_large}


def _build(width, checkpoint=None):
    net = nn.Linear(width, 3)
    if checkpoint is not None:
        with open(checkpoint, "rb") as f:
            net.load_state_dict(torch.load(f))
    return net
#! script main.py
from zoo import registry

net = registry["small"](checkpoint="b.pth")
