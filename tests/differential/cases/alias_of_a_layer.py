#! make
import torch
from torch import nn
torch.save({"backbone.0.weight": torch.zeros(3, 4), "backbone.0.bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(4, 3))


m = Net()
trunk = m.backbone
trunk.append(nn.Linear(3, 3))
m.load_state_dict(torch.load("a.pth"))
