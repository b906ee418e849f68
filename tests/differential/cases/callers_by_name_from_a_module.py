#! make
import torch
from torch import nn
torch.save(nn.Linear(2, 4).state_dict(), 'resnet18.pth')
#! file net/__init__.py

#! file net/modeling.py
from . import resnet


def build(name, backbone, pretrained_backbone=True):
    return resnet.__dict__[backbone](pretrained=pretrained_backbone)


def deeplab_resnet18(pretrained_backbone=True):
    return build("deeplab", "resnet18", pretrained_backbone)
#! file net/resnet.py
import torch
from torch import nn


def resnet18(pretrained=False):
    model = nn.Linear(2, 3)
    if pretrained:
        model.load_state_dict(torch.load("resnet18.pth"))
    return model
#! script main.py
import argparse

import net.modeling

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="deeplab_resnet18")
args = parser.parse_args()
model = net.modeling.__dict__[args.model]()
