#! make
import torch
torch.save({"w": torch.zeros(3, 4), "bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Linear(4, 3)


def rename(module, state_dict, prefix, *_):
    state_dict[prefix + "weight"] = state_dict.pop(prefix + "w")


handle = net.register_load_state_dict_pre_hook(rename)
net.load_state_dict(torch.load("a.pth"))
