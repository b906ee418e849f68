#! make
import torch
from torch import nn
import os; os.makedirs("model_data"); torch.save(nn.Sequential(nn.Linear(4, 8)).state_dict(), "model_data/yolo.pth")
#! script main.py
import torch
from torch import nn


class Yolo:
    _defaults = {"model_path": "model_data/yolo.pth", "classes": 7}

    def __init__(self, **kwargs):
        self.__dict__.update(self._defaults)
        self.__dict__.update(kwargs)
        self.generate()

    def generate(self):
        self.net = nn.Sequential(nn.Linear(4, self.classes))
        self.net.load_state_dict(torch.load(self.model_path))
        self.net = self.net.eval()


yolo = Yolo(classes=8)
