#! own root
#! make
import os
import torch
from torch import nn
os.makedirs("weights")
torch.save(nn.Linear(4, 3).state_dict(), "weights/det.pth")
#! file detector/core.py
import os

import torch
from torch import nn


class Detector(object):
    def __init__(self, weights="weights/det.pth", classes=3, use_cuda=True):
        self.device = "cuda" if use_cuda and torch.cuda.is_available() else "cpu"
        self.net = nn.Linear(4, classes)
        state_dict = torch.load(os.path.join(os.getcwd(), weights), map_location=lambda storage, loc: storage)
        self.net.load_state_dict(state_dict)
        self.net.to(self.device)
#! file detector/__init__.py
from .core import Detector
#! script main.py
from detector import Detector

if __name__ == "__main__":
    detector = Detector(classes=4)
