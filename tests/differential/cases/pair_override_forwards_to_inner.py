#! make with main.py
torch.save(nn.Linear(4, 3).state_dict(), "inner.pth")
#! script main.py
import torch
from torch import nn


class Wrapper(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 2)

    def load_state_dict(self, *args, **kwargs):
        return nn.Module.load_state_dict(self.inner, *args, **kwargs)


net = Wrapper()
net.load_state_dict(torch.load("inner.pth"))
