#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
import torch.multiprocessing as mp
from torch import nn


class Learner:
    def __init__(self, net):
        self.net = net

    def load(self, path):
        self.net.load_state_dict(torch.load(path))


def work(rank):
    Learner(nn.Linear(4, 3)).load("a.pth")


if __name__ == "__main__":
    process = mp.Process(target=work, args=(0,))
    process.start()
    process.join()
    work(1)
