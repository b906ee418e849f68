#! make
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
torch.save(nn.Sequential(spectral_norm(nn.Linear(4, 3))).state_dict(), "sn.pth")
#! script main.py
import torch
from torch import nn

disc = nn.Sequential(nn.Linear(4, 3))
disc.load_state_dict(torch.load("sn.pth"))
