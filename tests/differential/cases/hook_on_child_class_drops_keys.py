#! make
import torch
torch.save({"fc.weight": torch.zeros(3, 4), "fc.bias": torch.zeros(3), "fc.scale": torch.ones(1), "old.weight": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Linear(nn.Linear):
    def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict, missing, unexpected, errors):
        state_dict.pop(prefix + "scale", None)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, missing, unexpected, errors)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = Linear(4, 3)

    def _load_from_state_dict(self, state_dict, prefix, *args):
        for k in [k for k in state_dict if k.startswith(prefix + "old.")]:
            state_dict.pop(k)
        super()._load_from_state_dict(state_dict, prefix, *args)


net = Net()
net.load_state_dict(torch.load("a.pth"))
