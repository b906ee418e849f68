"""What made the checkpoint: DataParallel puts "module." before every key."""

from pathlib import Path

import torch
from resnet import ResNet18

model = torch.nn.DataParallel(ResNet18(num_classes=10))
Path("weights").mkdir(exist_ok=True)
torch.save({"epoch": 90, "state_dict": model.state_dict()}, "weights/cifar10_resnet18.pth")
