#! make
import torch
from torch import nn
torch.save({"state_dict": nn.DataParallel(nn.Sequential(nn.Linear(4, 3))).state_dict()}, "gpu.pth.tar")
#! script main.py
from collections import OrderedDict

import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
new_state_dict = OrderedDict((k[7:], v) for k, v in torch.load("gpu.pth.tar")["state_dict"].items())
net.load_state_dict(new_state_dict)
