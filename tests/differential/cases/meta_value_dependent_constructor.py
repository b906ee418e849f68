#! make
import torch
torch.save({"a.weight": torch.zeros(3, 4)}, "a.pth")
#! script main.py
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        anchors = torch.tensor([[10, 13], [16, 30], [33, 23]])
        n = int((anchors.prod(1) > 200).sum())
        self.a = nn.Linear(4, n, bias=False)


net = Net()
net.load_state_dict(torch.load("a.pth"))
