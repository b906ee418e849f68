#! make
import torch
torch.save(
    {
        "stem.weight": torch.zeros(8, 3, 7, 7),
        "blocks.0.weight": torch.zeros(8, 8),
        "blocks.0.bias": torch.zeros(8),
        "blocks.7.weight": torch.zeros(8, 8),
        "classifier.weight": torch.zeros(10, 8),
        "classifier.bias": torch.zeros(10),
    },
    "old.pt",
)
#! script main.py
import torch
import torch.nn as nn


class Vit(nn.Module):
    def __init__(self, width=8, depth=2, classes=5):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3)
        self.blocks = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.classifier = nn.Linear(width, classes)


model = Vit()
model.load_state_dict(torch.load("old.pt"))
