#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 7).state_dict(), "checkpoint.pt")
#! script main.py
import torch
from torch import nn


class EarlyStopping:
    def __init__(self, patience=2, path="checkpoint.pt"):
        self.patience, self.path, self.counter, self.best = patience, path, 0, None
        self.early_stop = False

    def __call__(self, score, model):
        if self.best is None or score > self.best:
            self.best = score
            torch.save(model.state_dict(), self.path)
        else:
            self.counter += 1
            self.early_stop = self.counter >= self.patience


model = nn.Linear(4, 3)
stop = EarlyStopping()
for epoch in range(5):
    stop(-epoch, model)
    if stop.early_stop:
        break
model.load_state_dict(torch.load(stop.path))
#! may be unresolved: writes|itself|stop
