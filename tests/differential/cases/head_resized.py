#! make with main.py
net = Classifier(num_classes=5)
torch.save(net.state_dict(), "flowers.pth")
#! script main.py
import torch
import torch.nn as nn


class Classifier(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.fc = nn.Linear(8, num_classes)

    def forward(self, x):
        return self.fc(self.features(x).mean((2, 3)))


model = Classifier(num_classes=10)
model.load_state_dict(torch.load("flowers.pth", map_location="cpu"))
model.eval()
