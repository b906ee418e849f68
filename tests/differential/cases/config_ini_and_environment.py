#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file settings.ini
[model]
width = 2
#! script main.py
import configparser
import os

import torch
from torch import nn

parser = configparser.ConfigParser()
parser.read("settings.ini")
net = nn.Linear(4, parser.getint("model", "width"))
net.load_state_dict(torch.load(os.environ.get("MY_NET_WEIGHTS", "a.pth")))
