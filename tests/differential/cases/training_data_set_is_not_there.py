#! judge-only make
import os
os.makedirs("data/train/cat")
open("data/train/cat/1.txt", "w").close()
open("data/labels.csv", "w").write("cat,0\ndog,1\n")
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! script main.py
import csv
import os

import torch
from torch import nn

files = [os.path.join("data/train/cat", f) for f in os.listdir("data/train/cat")]
with open("data/labels.csv") as f:
    labels = {row[0]: int(row[1]) for row in csv.reader(f)}
print(len(files), "images", labels)

net = nn.Linear(4, 2)
net.load_state_dict(torch.load("a.pth"))
