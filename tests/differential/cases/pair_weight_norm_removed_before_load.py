#! make
import warnings
import torch
from torch import nn
warnings.simplefilter("ignore")
torch.save(nn.Sequential(nn.utils.weight_norm(nn.Conv1d(4, 3, 3))).state_dict(), "gen.pth")
#! script main.py
import torch
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Generator(nn.Sequential):
    def __init__(self):
        super().__init__(weight_norm(nn.Conv1d(4, 3, 3)))

    def remove(self):
        remove_weight_norm(self[0])


generator = Generator()
generator.remove()
generator.load_state_dict(torch.load("gen.pth"))
