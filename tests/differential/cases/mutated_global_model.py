#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 9)).state_dict(), "a.pth")
#! script main.py
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))


def adapt(classes):
    model[1] = nn.Linear(3, classes)


def main():
    adapt(9)
    model.load_state_dict(torch.load("a.pth"))


main()
