#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file loading.py
import torch


def load_weights(net, path="a.pth", strict=True):
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state, strict=strict)
    return net
#! script evaluate.py
from torch import nn

from loading import load_weights

net = load_weights(nn.Linear(4, 3))
#! script train.py
from torch import nn

from loading import load_weights

if __name__ == "__main__":
    net = load_weights(nn.Linear(4, 5))
