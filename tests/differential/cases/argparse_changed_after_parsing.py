#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "cora_gcn.pth")
#! script main.py
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--dataset", default="cora")
parser.add_argument("--model", default="gcn")
opt = parser.parse_args()
opt.path = f"{opt.dataset}_{opt.model}.pth"
opt.width = {"cora": 2, "pubmed": 5}[opt.dataset]
net = nn.Linear(4, opt.width)
net.load_state_dict(torch.load(opt.path))
