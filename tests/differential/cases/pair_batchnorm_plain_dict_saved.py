#! make with main.py
state = dict(Net().state_dict())
del state["bn.num_batches_tracked"]
torch.save(state, "plain.pth")
#! script main.py
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 2)


model = Net()
model.load_state_dict(torch.load("plain.pth"))
