#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3)).state_dict(), "plain.pth")
#! script main.py
import torch
from torch import nn

net = torch.nn.DataParallel(nn.Sequential(nn.Linear(4, 3)))
net.load_state_dict(torch.load("plain.pth"))
