#! make
import torch
torch.save({"module.enc.module.weight": torch.zeros(3, 4), "module.enc.module.bias": torch.zeros(3)}, "gpu.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Module()
        self.enc.module = nn.Linear(4, 3)


net = Net()
net.load_state_dict({k.replace("module.", ""): v for k, v in torch.load("gpu.pth").items()})
