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
        self.model = nn.Linear(4, 3)

    def prepare(self):
        ckpt = torch.load(self.path)
        self.sd = ckpt["net"]

    def load(self):
        self.model.load_state_dict(self.sd)


def main():
    r = Runner("a.pth")
    r.prepare()
    r.load()


if __name__ == "__main__":
    main()
