#! make
import torch
torch.save({"0.weight": torch.zeros(3, 4), "0.bias": torch.zeros(3)}, "hub-ab12.pth")
torch.save({"body.0.weight": torch.zeros(3, 4), "body.0.bias": torch.zeros(3), "fc.weight": torch.zeros(5, 3), "fc.bias": torch.zeros(5)}, "mine.pth")
#! file resnet.py
import os

from torch import nn
from torch.hub import load_state_dict_from_url

model_urls = {"resnet": "file://" + os.path.abspath("hub-ab12.pth")}


def resnet(pretrained=False, progress=True):
    model = nn.Sequential(nn.Linear(4, 3))
    if pretrained:
        state_dict = load_state_dict_from_url(model_urls["resnet"], progress=progress)
        model.load_state_dict(state_dict)
    return model
#! script main.py
import torch
from torch import nn

from resnet import resnet


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = resnet(pretrained=True)
        self.fc = nn.Linear(3, classes)


net = Net(4)
net.load_state_dict(torch.load("mine.pth"))
#! may be unresolved: download
