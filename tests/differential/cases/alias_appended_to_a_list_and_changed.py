#! make
import torch
from torch import nn
torch.save({"net." + key: value for key, value in nn.Linear(4, 2).state_dict().items()}, "a.pth")
#! script main.py
import torch
from torch import nn

states = []
state = torch.load("a.pth")
states.append(state)
for held in states:
    for key in list(held):
        held[key.replace("net.", "")] = held.pop(key)
net = nn.Linear(4, 2)
net.load_state_dict(state)
