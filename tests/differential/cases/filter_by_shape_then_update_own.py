#! make
import torch
from torch import nn
torch.save({**nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3)).state_dict(), "9.bias": torch.zeros(1)}, "a.pth")
#! script main.py
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
pretrained_dict = torch.load("a.pth")
model_dict = net.state_dict()
pretrained_dict = {k: v for k, v in pretrained_dict.items() if k in model_dict and v.shape == model_dict[k].shape}
model_dict.update(pretrained_dict)
net.load_state_dict(model_dict)
