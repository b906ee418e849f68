#! make
import torch
from torch import nn
torch.save({"fc.weight": torch.zeros(3, 4), "fc.bias": torch.zeros(3)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, **config):
        super().__init__()
        for k, v in config.items():
            self.__dict__[k] = v
        self.fc = nn.Linear(self.inputs, self.outputs)


net = Net(inputs=4, outputs=2)
net.load_state_dict(torch.load("a.pth"))
