#! make
import warnings
import torch
from torch import nn
warnings.simplefilter("ignore")
torch.save(nn.Sequential(nn.utils.weight_norm(nn.Linear(4, 3)), nn.Linear(3, 2)).state_dict(), "wn.pth")
#! script main.py
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

net = nn.Sequential(weight_norm(nn.Linear(4, 3)), nn.Linear(3, 2))
net.load_state_dict(torch.load("wn.pth"))
