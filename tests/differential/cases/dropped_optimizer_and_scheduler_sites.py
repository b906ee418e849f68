#! make
import torch
from torch import nn
net = nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
sched = torch.optim.lr_scheduler.StepLR(opt, 3)
torch.save({"state_dict": net.state_dict(), "optimizer": opt.state_dict(), "sched": sched.state_dict()}, "c.pth.tar")
#! script main.py
import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR

net = nn.Linear(4, 2)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
sched = StepLR(optimizer, step_size=3)
scaler = torch.amp.GradScaler("cpu", enabled=False)
c = torch.load("c.pth.tar")
optimizer.load_state_dict(c["optimizer"])
sched.load_state_dict(c["sched"])
scaler.load_state_dict(c.get("scaler", {}))
net.load_state_dict(c["state_dict"])
