#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! script main.py
import fire
import torch
from torch import nn


def evaluate(weights="a.pth", width=4):
    net = nn.Linear(width, 3)
    net.load_state_dict(torch.load(weights))


if __name__ == "__main__":
    fire.Fire(evaluate)
