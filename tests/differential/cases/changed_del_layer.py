#! make
import torch
from torch import nn
torch.save({"body.weight": torch.zeros(3, 4), "body.bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 3)
        self.fc = nn.Linear(3, 2)


m = Net()
del m.fc
m.load_state_dict(torch.load("a.pth"))
