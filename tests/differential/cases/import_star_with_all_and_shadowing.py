#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file nets.py
from torch import nn

__all__ = ["Net"]


class Net(nn.Linear):
    def __init__(self):
        super().__init__(4, 3)


width = 7
#! script main.py
import torch

width = 2
from nets import *


class Net(Net):
    def __init__(self):
        super().__init__()
        self.out = torch.nn.Linear(3, width)


net = Net()
net.load_state_dict(torch.load("a.pth"))
