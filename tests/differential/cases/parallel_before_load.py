#! make
import torch
from torch import nn
torch.save(nn.Sequential(nn.Linear(4, 3)).state_dict(), "plain.pth")
#! script main.py
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
net = nn.Sequential(nn.Linear(4, 3))
net = nn.DataParallel(net)
net.to(device)
net.load_state_dict(torch.load("plain.pth", map_location=device))
