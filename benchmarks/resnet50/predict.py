import torch
from resnet50 import ResNet

model = ResNet()
model.load_state_dict(torch.load("resnet50.pth", map_location="cpu"))
model.eval()
