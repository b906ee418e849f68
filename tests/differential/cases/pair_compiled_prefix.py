#! make
import torch
from torch import nn
torch.save({"_orig_mod." + k: v for k, v in nn.Sequential(nn.Linear(4, 3)).state_dict().items()}, "compiled.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3))
net.load_state_dict(torch.load("compiled.pth"))
