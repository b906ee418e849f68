#! make
import os, torch
from torch import nn
os.makedirs("ckpts")
torch.save(nn.Linear(4, 3).state_dict(), "ckpts/z.pth")
torch.save(nn.Linear(4, 5).state_dict(), "ckpts/a.pth")
os.utime("ckpts/z.pth", (1, 1))
#! script main.py
import os
from glob import glob

import torch
from torch import nn

latest = max(glob(os.path.join("ckpts", "*")), key=os.path.getmtime)
net = nn.Linear(4, 3)
net.load_state_dict(torch.load(latest))
#! judge-only make
import os
os.utime("ckpts/z.pth", (1, 1))
