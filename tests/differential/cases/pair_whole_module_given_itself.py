#! may be unresolved: whole|pickled|module
#! make with main.py
torch.save(Net(), "whole.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)


net = Net()
net.load_state_dict(torch.load("whole.pth", weights_only=False))
