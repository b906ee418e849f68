#! make
import os, torch
from torch import nn
os.makedirs("weights/run1")
torch.save(nn.Linear(4, 3).state_dict(), "weights/run1/best.pth")
#! script main.py
from pathlib import Path

import torch
from torch import nn

ROOT = Path(__file__).resolve().parent
WEIGHTS = ROOT / "weights"
run = "run1"
net = nn.Linear(4, 2)
net.load_state_dict(torch.load(WEIGHTS / run / "best.pth", map_location="cpu"))
