#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(m.weight.data, 1.0, 0.02)
        nn.init.constant_(m.bias.data, 0)


net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
net.apply(weights_init)
net.load_state_dict(torch.load("a.pth"))
