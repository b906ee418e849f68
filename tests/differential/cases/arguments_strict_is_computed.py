#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "fc.weight": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

num_classes = 3
default_classes = 3
strict = num_classes != default_classes
net = nn.Linear(4, num_classes)
missing, unexpected = net.load_state_dict(torch.load("a.pth"), strict=strict)
assert not missing
