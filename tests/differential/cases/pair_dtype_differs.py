#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).double().state_dict(), "double.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3).half()
net.load_state_dict(torch.load("double.pth"))
