#! make
import torch
from torch import nn
for n in ("G_A", "G_B"):
    torch.save(nn.Linear(4, 3).state_dict(), f"latest_net_{n}.pth")
#! script main.py
import os

import torch
from torch import nn


class CycleGAN:
    model_names = ["G_A", "G_B"]

    def __init__(self):
        for name in self.model_names:
            setattr(self, "net" + name, nn.Linear(4, 3))
        self.netG_B = nn.DataParallel(self.netG_B)

    def load_networks(self, epoch):
        for name in self.model_names:
            if isinstance(name, str):
                load_filename = "%s_net_%s.pth" % (epoch, name)
                net = getattr(self, "net" + name)
                if isinstance(net, torch.nn.DataParallel):
                    net = net.module
                state_dict = torch.load(os.path.join(".", load_filename), map_location="cpu")
                if hasattr(state_dict, "_metadata"):
                    del state_dict._metadata
                net.load_state_dict(state_dict)


model = CycleGAN()
model.load_networks("latest")
