#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! judge-only make
import os
os.makedirs("data", exist_ok=True)
open("data/names.txt", "w").write("a\nb\n")
#! file points.py
import os

import numpy as np

ROTATE = [1, 2, 3]


class Points:
    def __init__(self, root, args, transform=ROTATE):
        super(Points, self).__init__()
        self.root = root
        self.n = args["n"]
        self.transform = transform
        self.names = [line.rstrip() for line in open(os.path.join(root, "names.txt"))]
        self.values = np.zeros(len(self.names)).astype(np.int32)

    def __len__(self):
        return len(self.names)
#! script main.py
import torch
from torch import nn
from points import Points

ARGS = {"n": 5, "width": 4}


class Loss(nn.Module):
    def __init__(self, weight=None):
        super(Loss, self).__init__()
        self.weight = weight


def main():
    data = Points("data", ARGS)
    criterion = Loss()
    net = nn.Linear(ARGS["width"], 3)
    net.load_state_dict(torch.load("a.pth"))


main()
