#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def build():
    net = nn.Linear(4, 2)
    optimizer = torch.optim.Adam(net.parameters())
    return net, optimizer, {"name": "linear"}


model, optimizer, info = build()
model.load_state_dict(torch.load("a.pth"))
