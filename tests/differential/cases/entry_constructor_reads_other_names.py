#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "m.pth")
#! script main.py
import os

import torch
from torch import nn


def exists(value):
    return value is not None


def default(value, other):
    return value if exists(value) else other


class Trainer:
    def __init__(self, width=None, folder=None):
        self.model = nn.Linear(default(width, 4), 3)
        self.folder = default(folder, ".")

    def load(self):
        self.model.load_state_dict(torch.load(os.path.join(self.folder, "m.pth")))


if __name__ == "__main__":
    for step in range(10**9):
        if step > 3:
            break
    Trainer().load()
