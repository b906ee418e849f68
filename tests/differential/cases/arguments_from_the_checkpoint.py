#! make
import torch
from torch import nn
torch.save({"input_size": 4, "hidden_size": 8, "output_size": 3, "all_words": ["a", "b"], "tags": ["x"], "model_state": nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).state_dict()}, "data.pth")
#! script chat.py
import torch
import torch.nn as nn


class NeuralNet(nn.Sequential):
    def __init__(self, input_size, hidden_size, num_classes):
        super().__init__(nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, num_classes))


FILE = "data.pth"
data = torch.load(FILE)
all_words = data["all_words"]
tags = data["tags"]
model = NeuralNet(data["input_size"], data["hidden_size"], len(tags))
model.load_state_dict(data["model_state"])
model.eval()
