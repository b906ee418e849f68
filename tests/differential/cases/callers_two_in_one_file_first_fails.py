#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "three.pth")
torch.save(nn.Linear(4, 2).state_dict(), "two.pth")
#! script main.py
import torch
from torch import nn


def restore(net, path):
    net.load_state_dict(torch.load(path))


def teacher():
    restore(nn.Linear(4, 5), "three.pth")


def student():
    restore(nn.Linear(4, 2), "two.pth")


if __name__ == "__main__":
    teacher()
    student()
