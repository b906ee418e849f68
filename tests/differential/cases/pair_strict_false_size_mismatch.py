#! make with main.py
state = Net(7).state_dict()
state["aux.weight"] = torch.zeros(1)
torch.save(state, "net.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, classes)


net = Net()
net.load_state_dict(torch.load("net.pth"), False)
