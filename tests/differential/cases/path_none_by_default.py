#! script main.py
import torch
from torch import nn

PATH = None
net = nn.Linear(4, 2)
net.load_state_dict(torch.load(PATH))
#! may be unresolved: None
