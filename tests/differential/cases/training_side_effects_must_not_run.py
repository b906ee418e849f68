#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import os
import subprocess

import torch
from torch import nn

subprocess.run(["true"])
os.makedirs("runs/exp1", exist_ok=True)
with open("runs/log.txt", "w") as log:
    log.write("started\n")
net = nn.Linear(4, 2)
net.load_state_dict(torch.load("a.pth"))
