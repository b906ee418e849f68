#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import numpy as np
import torch
from torch import nn


class Fixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.fc.weight.data = torch.from_numpy(np.zeros((3, 4), dtype="float32"))

    def load(self, path):
        self.fc.load_state_dict(torch.load(path))


Fixed().load("a.pth")
