#! make
import torch
torch.save({"backbone.weight": torch.zeros(3, 4), "backbone.bias": torch.zeros(3), "head.weight": torch.zeros(2, 3), "head.bias": torch.zeros(2)}, "full.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, pretrained=True):
        super().__init__()
        self.backbone = nn.Linear(4, 3)
        if pretrained:
            self.init_weights()
        self.head = nn.Linear(3, 2)

    def init_weights(self, path="vgg16_reducedfc.pth"):
        self.backbone.load_state_dict(torch.load(path))


net = Net()
net.load_state_dict(torch.load("full.pth"))
#! judge-only make
import torch
torch.save({"weight": torch.zeros(3, 4), "bias": torch.zeros(3)}, "vgg16_reducedfc.pth")
#! may be unresolved: vgg16_reducedfc
