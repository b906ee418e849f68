#! make
import torch
from torch import nn
torch.save(nn.DataParallel(nn.Linear(4, 3)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

multi_gpu = True
net = nn.Linear(4, 3)
if not multi_gpu:
    net = net.eval()
else:
    net = nn.DataParallel(net)
net.load_state_dict(torch.load("a.pth"))
