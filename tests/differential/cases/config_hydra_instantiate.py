#! make
import torch
from torch import nn
torch.save({"state_dict": nn.Linear(4, 2).state_dict()}, "a.ckpt")
#! own root
#! argv model.out_features=3 weights=a.ckpt
#! file run.sh
#!/bin/bash
python main.py model.out_features=3 weights=a.ckpt
#! file config.yaml
weights: ???
model:
  _target_: torch.nn.Linear
  in_features: 4
  out_features: 2
#! script main.py
import hydra
import torch
from hydra.utils import instantiate, to_absolute_path


@hydra.main(version_base=None, config_path=".", config_name="config")
def main(cfg):
    net = instantiate(cfg.model)
    net.load_state_dict(torch.load(to_absolute_path(cfg.weights))["state_dict"])


if __name__ == "__main__":
    main()
