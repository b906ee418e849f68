#! make with main.py
state = Net(7).state_dict()
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
state = torch.load("net.pth")
try:
    net.load_state_dict(state)
except RuntimeError as error:
    print("partial load:", error)
    own = net.state_dict()
    own.update({k: v for k, v in state.items() if k in own and own[k].shape == v.shape})
    net.load_state_dict(own)
