#! make with main.py
torch.save({"norm.gamma": torch.ones(4), "norm.bias": torch.zeros(4), "fc.weight": torch.zeros(2, 4), "fc.bias": torch.zeros(2)}, "tf.pth")
#! script main.py
import torch
from torch import nn


class Norm(nn.LayerNorm):
    def __init__(self, n):
        super().__init__(n)
        self.register_load_state_dict_pre_hook(self.rename)

    @staticmethod
    def rename(module, state_dict, prefix, *args):
        if prefix + "gamma" in state_dict:
            state_dict[prefix + "weight"] = state_dict.pop(prefix + "gamma")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = Norm(4)
        self.fc = nn.Linear(4, 2)


net = Net()
net.load_state_dict(torch.load("tf.pth"))
