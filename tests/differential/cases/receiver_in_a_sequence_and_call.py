#! make
import torch
from torch import nn
torch.save({"enc": nn.Linear(4, 3).state_dict(), "fc": nn.Linear(3, 2).state_dict()}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(4, 3), nn.Linear(3, 5)])

    def enc(self):
        return self.parts[0]


net = Net()
ck = torch.load("a.pth")
net.enc().load_state_dict(ck["enc"])
net.parts[-1].load_state_dict(ck["fc"])
