#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "generator_9.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load("generator_%d.pth"))
