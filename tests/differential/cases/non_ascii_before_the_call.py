#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "модель.pth")
#! script main.py
import torch
from torch import nn

сеть = nn.Linear(4, 2); путь = "модель.pth"
"𝛼β"; сеть.load_state_dict(torch.load(путь))
