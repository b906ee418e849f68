#! make
import torch
torch.save({"fc.weight": torch.zeros(3, 4), "fc.bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Base(nn.Module):
    def load(self, path):
        self.load_state_dict(torch.load(path, map_location=self.device))
        return self

    @property
    def device(self):
        return next(self.parameters()).device


class Net(Base):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)


net = Net().load("a.pth")
