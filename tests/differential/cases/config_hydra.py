#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! own root
#! file conf/config.yaml
defaults:
  - model: small
  - _self_
weights: a.pth
hydra:
  job:
    chdir: false
#! file conf/model/small.yaml
width: 4
classes: 3
#! script main.py
import hydra
import torch
from omegaconf import DictConfig
from torch import nn


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg: DictConfig) -> None:
    net = nn.Linear(cfg.model.width, cfg.model.classes)
    net.load_state_dict(torch.load(cfg.weights))


if __name__ == "__main__":
    main()
