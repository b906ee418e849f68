#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "small.pth")
#! file zoo.py
import torch
from torch import nn


def small(pretrained=False, width=4, **kwargs):
    net = nn.Linear(width, 3)
    if pretrained:
        net.load_state_dict(torch.load("small.pth"))
    return net
#! script main.py
from zoo import small

net = small(pretrained=True)
