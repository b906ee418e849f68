#! own root
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "backbone.pth")
#! file lib/config/models.py
WIDTH = 4
#! file lib/config/__init__.py
from .models import WIDTH
#! file lib/models/seg.py
import torch
from torch import nn


class Seg(nn.Linear):
    def init_weights(self, pretrained):
        self.load_state_dict(torch.load(pretrained))


def get_seg_model(cfg):
    net = Seg(cfg["width"], 2)
    net.init_weights(cfg["pretrained"])
    return net
#! file lib/models/__init__.py
import models.seg
#! file _init_paths.py
import os.path as osp
import sys


def add_path(path):
    if path not in sys.path:
        sys.path.insert(0, path)


add_path(osp.join(osp.dirname(__file__), "lib"))
#! script main.py
import _init_paths
import models
from config import WIDTH

cfg = {"name": "seg", "width": WIDTH, "pretrained": "backbone.pth"}
net = eval("models." + cfg["name"] + ".get_seg_model")(cfg)
