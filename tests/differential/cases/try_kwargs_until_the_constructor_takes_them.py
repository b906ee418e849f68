#! make with main.py
torch.save(Net(width=8).state_dict(), "net.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, 2)


net = None
for kwargs in ({"channels": 16}, {"width": 8}, {"width": 16}):
    try:
        net = Net(**kwargs)
        break
    except TypeError:
        continue
net.load_state_dict(torch.load("net.pth"))
