#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "gen_0010_a.pth")
#! script main.py
import torch
from torch import nn

epoch = 10
net = nn.Linear(4, 2)
other = nn.Linear(4, 3)
net_path = "gen_%04d_%s.pth" % (epoch, "a")
other.load_state_dict(torch.load("gen_{:04d}_{}.pth".format(epoch, "a")))
net.load_state_dict(torch.load(net_path))
