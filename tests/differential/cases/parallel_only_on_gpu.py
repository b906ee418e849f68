#! make
import torch
from torch import nn
torch.save(nn.DataParallel(nn.Sequential(nn.Linear(4, 3))).state_dict(), "gpu.pth")
#! script main.py
import torch
import torch.backends.cudnn as cudnn
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"
net = nn.Sequential(nn.Linear(4, 3)).to(device)
if device == "cuda":
    net = torch.nn.DataParallel(net)
    cudnn.benchmark = True
net.load_state_dict(torch.load("gpu.pth", map_location=device))
