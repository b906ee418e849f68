#! may be unresolved: torchvision
#! judge-only file torchvision/__init__.py
#! judge-only file torchvision/models.py
from torch import nn


def resnet18(weights=None, num_classes=1000):
    m = nn.Sequential(nn.Linear(4, 3))
    m.fc = nn.Linear(3, num_classes)
    return m
#! make
import torch
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3), "fc.weight": torch.zeros(5, 3), "fc.bias": torch.zeros(5)}, "a.pth")
#! script main.py
import torch
from torch import nn
from torchvision import models

net = models.resnet18()
net.fc = nn.Linear(net.fc.in_features, 4)
net.load_state_dict(torch.load("a.pth"))
