#! make
import os, torch
from torch import nn
os.makedirs("lib/weights")
torch.save(nn.Linear(4, 3).state_dict(), "lib/weights/best.pth")
#! file lib/net.py
import os

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


def get_model():
    net = nn.Linear(4, 2)
    net.load_state_dict(torch.load(os.path.join(HERE, "weights", "best.pth")))
    return net
#! script main.py
from lib.net import get_model

get_model()
