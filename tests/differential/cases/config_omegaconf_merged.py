#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! file base.yaml
model: {width: 4, classes: 2}
test: {weights: a.pth}
#! file exp.yaml
model: {classes: 3}
#! script main.py
from omegaconf import OmegaConf
import torch
from torch import nn

cfg = OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.load("exp.yaml"), OmegaConf.from_cli())
net = nn.Linear(**dict(in_features=cfg.model.width, out_features=cfg.model.classes))
net.load_state_dict(torch.load(cfg.test.weights))
