#! may be unresolved: labels|data|not computed|No such file
#! judge-only make
import os
os.makedirs("data")
open("data/labels.csv", "w").write("cat,0\ndog,1\n")
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import csv

import torch
from torch import nn

with open("data/labels.csv") as f:
    labels = [row[0] for row in csv.reader(f)]
net = nn.Linear(4, len(labels))
net.load_state_dict(torch.load("a.pth"))
