#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file config.py
LOAD_MODEL = True
CHECKPOINT_GEN = "a.pth"
WIDTH = 2
#! script main.py
import torch
from torch import nn

import config


def main():
    gen = nn.Linear(4, config.WIDTH)
    if config.LOAD_MODEL:
        gen.load_state_dict(torch.load(config.CHECKPOINT_GEN))


if __name__ == "__main__":
    main()
