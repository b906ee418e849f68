#! make
import torch
from torch import nn
torch.save({**nn.Linear(4, 3).state_dict(), "extra": torch.zeros(1)}, "a.pth")
#! script main.py
import multiprocessing

import torch
from torch import nn

weights = torch.load("a.pth")


def forget(key):
    weights.pop(key)


if __name__ == "__main__":
    process = multiprocessing.Process(target=forget, args=("extra",))
    process.start()
    process.join()
    net = nn.Linear(4, 3)
    net.load_state_dict(weights)
