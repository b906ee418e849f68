#! make
import torch
from torch import nn
torch.save({"net": nn.Linear(4, 2).state_dict(), "epoch": 3}, "a.pth")
#! script main.py
import torch
from torch import nn


class Runner:
    def __init__(self, path):
        self.path = path
        self.build()
        self.prepare()

    def build(self):
        net = nn.Linear(4, 3)
        self.model = net

    def prepare(self):
        ckpt = torch.load(self.path)
        self.sd = ckpt["net"]
        self.epoch = ckpt["epoch"]

    def load(self):
        self.model.load_state_dict(self.sd)


r = Runner("a.pth")
r.load()
