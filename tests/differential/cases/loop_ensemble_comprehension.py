#! make
import torch
from torch import nn
torch.save([nn.Linear(4, 3).state_dict() for _ in range(2)], "ens.pth")
#! script main.py
import torch
from torch import nn

states = torch.load("ens.pth")
nets = [nn.Linear(4, 2) for _ in states]
results = [n.load_state_dict(s) for n, s in zip(nets, states)]
