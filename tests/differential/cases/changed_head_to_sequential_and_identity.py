#! make
import torch
torch.save({"body.weight": torch.zeros(3, 4), "body.bias": torch.zeros(3), "fc.1.weight": torch.zeros(2, 3), "fc.1.bias": torch.zeros(2)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 3)
        self.fc = nn.Linear(3, 1000)
        self.aux = nn.Linear(3, 1)


m = Net()
m.aux = nn.Identity()
m.fc = nn.Sequential(nn.Dropout(0.5), nn.Linear(m.fc.in_features, 2))
m.load_state_dict(torch.load("a.pth"))
