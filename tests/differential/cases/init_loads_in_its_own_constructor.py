#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "backbone.pth")
torch.save({"backbone.weight": torch.zeros(3, 4), "backbone.bias": torch.zeros(3), "head.weight": torch.zeros(2, 3), "head.bias": torch.zeros(2)}, "full.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, pretrained=True):
        super().__init__()
        self.backbone = nn.Linear(4, 3)
        if pretrained:
            self.backbone.load_state_dict(torch.load("backbone.pth"))
        self.head = nn.Linear(3, 5)


net = Net()
net.load_state_dict(torch.load("full.pth"))
