#! make
import torch
from torch import nn
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3)}, "net.bin")
#! script main.py
import torch
from accelerate.utils import load_checkpoint_in_model
from torch import nn


class Holder:
    def __init__(self, width):
        self.net = nn.Sequential(nn.Linear(4, width))
        load_checkpoint_in_model(self.net, "net.bin")


Holder(6)
