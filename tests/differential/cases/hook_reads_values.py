#! make
import torch
torch.save({"weight": torch.ones(3, 4), "bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Linear):
    def _load_from_state_dict(self, state_dict, prefix, *args):
        if state_dict[prefix + "weight"].sum().item() > 0:
            state_dict[prefix + "extra"] = torch.zeros(1)
        super()._load_from_state_dict(state_dict, prefix, *args)


net = Net(4, 3)
net.load_state_dict(torch.load("a.pth"))
#! may be unresolved: values
