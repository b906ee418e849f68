#! make with main.py
state = Net().state_dict()
state["extra.weight"] = torch.zeros(3)
del state["fc.bias"]
torch.save(state, "net.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, 2)


net = Net()
print(net.load_state_dict(torch.load("net.pth"), strict=False))
