#! make with main.py
torch.save({"backbone." + k: v for k, v in Net().state_dict().items()}, "lit.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def load_state_dict(self, state_dict, strict=True):
        state_dict = {k[len("backbone."):]: v for k, v in state_dict.items() if k.startswith("backbone.")}
        return super().load_state_dict(state_dict, strict)


net = Net()
net.load_state_dict(torch.load("lit.pth"))
