#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "unet.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
state_dict = torch.load("unet.pth")
mask_values = state_dict.pop("mask_values")
net.load_state_dict(state_dict)
