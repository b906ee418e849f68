"""Name what is on a picture, with the network that train.py has trained."""

import sys

import numpy as np
import torch
from resnet import ResNet18

CLASSES = ["plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]

model = ResNet18(num_classes=len(CLASSES))
checkpoint = torch.load("weights/cifar10_resnet18.pth", map_location="cpu")
model.load_state_dict(checkpoint["state_dict"])
model.eval()

picture = torch.from_numpy(np.load(sys.argv[1]))
with torch.no_grad():
    scores = model(picture.unsqueeze(0))
print(CLASSES[scores.argmax()])
