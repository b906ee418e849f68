#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
net = nn.SyncBatchNorm.convert_sync_batchnorm(net)
net.load_state_dict(torch.load("a.pth"))
