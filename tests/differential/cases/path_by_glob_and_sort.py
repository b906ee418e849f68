#! make
import os, torch
from torch import nn
os.makedirs("ckpts")
torch.save(nn.Linear(4, 3).state_dict(), "ckpts/epoch_1.pth")
torch.save(nn.Linear(4, 5).state_dict(), "ckpts/epoch_12.pth")
#! script main.py
import glob
import re

import torch
from torch import nn

paths = sorted(glob.glob("ckpts/*.pth"), key=lambda p: int(re.findall(r"\d+", p)[-1]))
net = nn.Linear(4, 3)
net.load_state_dict(torch.load(paths[-1]))
