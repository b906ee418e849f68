#! make
import torch
torch.save({"fc.weight": torch.zeros(2, 4), "fc.bias": torch.zeros(2)}, "a.pth")
#! file nets/__init__.py
from .small import Small as Net, DEPTH
#! file nets/small.py
from torch import nn

from .blocks.linear import Block

DEPTH = 3


class Small(nn.Module):
    def __init__(self, classes=2):
        super().__init__()
        self.fc = Block(4, classes)
#! file nets/blocks/__init__.py
#! file nets/blocks/linear.py
import torch.nn as nn


class Block(nn.Linear):
    pass
#! script main.py
import torch

import nets

net = nets.Net(classes=nets.DEPTH)
net.load_state_dict(torch.load("a.pth"))
