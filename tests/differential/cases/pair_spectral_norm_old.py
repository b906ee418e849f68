#! make
import warnings
import torch
from torch import nn
warnings.simplefilter("ignore")
torch.save(nn.utils.spectral_norm(nn.Linear(4, 3)).state_dict(), "sn.pth")
#! script main.py
import torch
from torch import nn

disc = nn.utils.spectral_norm(nn.Linear(4, 3))
disc.load_state_dict(torch.load("sn.pth"))
