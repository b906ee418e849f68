#! make
import torch
from torch import nn
torch.save({"width": 3, "sd": nn.Linear(4, 3).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(4, width)

    @staticmethod
    def read(path):
        return torch.load(path, weights_only=True)

    @classmethod
    def from_checkpoint(cls, path):
        data = cls.read(path)
        net = cls(data["width"])
        net.fc.load_state_dict(data["sd"])
        return net


net = Net.from_checkpoint("a.pth")
