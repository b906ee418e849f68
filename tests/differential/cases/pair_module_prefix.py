#! make with main.py
torch.save(nn.DataParallel(Net()).state_dict(), "parallel.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
        self.head = nn.Linear(8, 2)


net = Net()
net.load_state_dict(torch.load("parallel.pth"))
