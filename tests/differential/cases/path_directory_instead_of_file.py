#! make
import os
os.makedirs("weights.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 2)
net.load_state_dict(torch.load("weights.pth"))
#! may be unresolved: directory|folder
