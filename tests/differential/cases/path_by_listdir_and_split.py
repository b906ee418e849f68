#! make
import os, torch
from torch import nn
os.makedirs("ckpts")
torch.save(nn.Linear(4, 3).state_dict(), "ckpts/model-3.pt")
torch.save(nn.Linear(4, 5).state_dict(), "ckpts/model-7.pt")
open("ckpts/log.txt", "w").close()
#! script main.py
import os

import torch
from torch import nn


def find_last(folder):
    best, name = -1, None
    for f in os.listdir(folder):
        if not f.endswith(".pt"):
            continue
        n = int(f.split("-")[1].split(".")[0])
        if n > best:
            best, name = n, f
    return os.path.join(folder, name)


net = nn.Linear(4, 3)
net.load_state_dict(torch.load(find_last("ckpts")))
