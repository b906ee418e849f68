#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file third_party/nets/mynet.py
from torch import nn


class MyNet(nn.Linear):
    def __init__(self):
        super().__init__(4, 2)
#! script main.py
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "third_party", "nets"))
import torch
from mynet import MyNet

net = MyNet()
net.load_state_dict(torch.load("a.pth"))
