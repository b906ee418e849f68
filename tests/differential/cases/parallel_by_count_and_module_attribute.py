#! make
import torch
from torch import nn
torch.save({"net": nn.Sequential(nn.Linear(4, 3)).state_dict()}, "plain.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
if torch.cuda.device_count() > 1:
    net = nn.DataParallel(net)
state = torch.load("plain.pth", map_location="cpu")["net"]
if hasattr(net, "module"):
    net.module.load_state_dict(state)
else:
    net.load_state_dict(state)
