#! make with main.py
torch.save({"epoch": 3, "state_dict": Net().state_dict()}, "ckpt.pth")
#! script main.py
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)


model = Net()
model.load_state_dict(torch.load("ckpt.pth"))
