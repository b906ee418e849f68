#! make with main.py
torch.save({"body.weight": torch.zeros(3, 4), "body.bias": torch.zeros(3), "head.weight": torch.zeros(7, 3), "head.bias": torch.zeros(7)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 3)
        self.reset_classifier(5)

    def reset_classifier(self, num_classes):
        self.head = nn.Linear(3, num_classes)
        return self


net = Net().reset_classifier(7)
net.load_state_dict(torch.load("a.pth"))
