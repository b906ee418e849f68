#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 3).state_dict(), "a.pth")
#! file nets.py
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def get(width: int = 2) -> PreTrainedModel:
    from torch import nn

    return nn.Linear(4, width)
#! script main.py
def main():
    import torch

    from nets import get

    net = get()
    net.load_state_dict(torch.load("a.pth"))


main()
