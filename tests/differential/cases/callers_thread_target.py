#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn


def main(rank, world):
    net = nn.Linear(4, 2)
    net.load_state_dict(torch.load("a.pth", map_location=f"cpu"))


class Spawner:
    def spawn(self, fn, args):
        fn(0, *args)


Spawner().spawn(main, args=(1,))
