#! make
import torch
from torch import nn
state = nn.InstanceNorm2d(4, track_running_stats=True).state_dict()
state._metadata[""].pop("version")
torch.save(state, "in.pth")
#! script main.py
import torch
from torch import nn

net = nn.InstanceNorm2d(4)
net.load_state_dict(torch.load("in.pth"))
