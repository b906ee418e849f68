#! make
import torch
torch.save({"weight": torch.zeros(3, 4), "": torch.zeros(1), "bias\n": torch.zeros(3), 'a"b': torch.zeros(1), "ключ.вес": torch.zeros(1), "0..x": torch.zeros(1)}, "odd.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)
net.load_state_dict(torch.load("odd.pth"))
