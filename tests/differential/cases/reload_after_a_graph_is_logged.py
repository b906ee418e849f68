#! make
pass
#! judge-only file tracker.py
class SummaryWriter:
    def __init__(self, folder):
        self.folder = folder

    def add_graph(self, model, example):
        print(self.folder, model(example).shape)
#! script main.py
import torch
from torch import nn
from tracker import SummaryWriter


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)


writer = SummaryWriter("runs/a")
model = Net()
writer.add_graph(model, torch.randn(1, 4))
path = "m.pth"
torch.save(model.state_dict(), path)
loaded = Net()
loaded.load_state_dict(torch.load(path))
