#! make with main.py
net = Net()
torch.save(net, "whole.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)


net = Net()
net.load_state_dict(torch.load("whole.pth").state_dict())
