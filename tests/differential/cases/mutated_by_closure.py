#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn


def main():
    sd = torch.load("a.pth")

    def forget(key):
        del sd[key]

    forget("extra")
    m = nn.Linear(4, 3)
    m.load_state_dict(sd)


main()
