#! make with main.py
torch.save({"fc.weight": torch.zeros(2, 4), "fc.bias": torch.zeros(2), "version": torch.tensor(1)}, "v1.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    VERSION = "2"

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def load_state_dict(self, state_dict, strict=True):
        if "format" not in state_dict:
            raise ValueError("checkpoint has no format entry, expected format " + self.VERSION)
        return super().load_state_dict(state_dict, strict)


net = Net()
net.load_state_dict(torch.load("v1.pth"))
