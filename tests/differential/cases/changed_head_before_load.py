#! make with main.py
m = Net()
m.fc = nn.Linear(3, 5)
torch.save(m.state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 3)
        self.fc = nn.Linear(3, 1000)


m = Net()
num_ftrs = m.fc.in_features
m.fc = nn.Linear(num_ftrs, 5)
m.load_state_dict(torch.load("a.pth"))
