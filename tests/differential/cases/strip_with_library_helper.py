#! make
import torch
from torch import nn
torch.save(nn.DataParallel(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))).state_dict(), "gpu.pth")
#! script main.py
import torch
from torch import nn
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present

net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
state_dict = torch.load("gpu.pth")
consume_prefix_in_state_dict_if_present(state_dict, "module.")
net.load_state_dict(state_dict)
