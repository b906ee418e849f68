#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


class Runner:
    def __init__(self):
        self.prepare()
        self.load()

    def prepare(self):
        self.sd = torch.load("a.pth")
        self.model = nn.Linear(4, 3)

        def forget(key):
            self.sd.pop(key, None)

        forget("bias")

    def load(self):
        self.model.load_state_dict(self.sd)


Runner()
