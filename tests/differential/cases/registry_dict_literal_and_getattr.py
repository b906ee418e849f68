#! make
import torch
from torch import nn
torch.save(nn.GRU(4, 3).state_dict(), "a.pth")
#! script main.py
import torch
import torch.nn as nn

ARCHS = {"lstm": nn.LSTM, "gru": nn.GRU}
arch = "LSTM"
net = getattr(nn, arch)(4, 3)
net2 = ARCHS[arch.lower()](4, 3)
net.load_state_dict(torch.load("a.pth"))
net2.load_state_dict(torch.load("a.pth"))
