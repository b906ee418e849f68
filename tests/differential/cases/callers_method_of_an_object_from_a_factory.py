#! make
import torch
from torch import nn
torch.save(nn.Linear(2, 4).state_dict(), 'a.pth')
#! file models/base.py
import torch


class Base:
    def load_network(self, path, network, strict=True):
        state_dict = torch.load(path)
        network.load_state_dict(state_dict, strict=strict)
#! file models/plain.py
from torch import nn

from models.base import Base


class Plain(Base):
    def __init__(self, opt):
        self.opt = opt
        self.net = nn.Linear(2, 3)

    def init(self):
        self.load()

    def load(self):
        path = self.opt["path"]
        if path is not None:
            self.load_network(path, self.net)
#! file models/__init__.py

#! file models/select.py
def define_model(opt):
    if opt["model"] == "plain":
        from models.plain import Plain as M
    else:
        raise NotImplementedError
    return M(opt)
#! script train.py
from models.select import define_model


def main():
    opt = {"model": "plain", "path": "a.pth"}
    model = define_model(opt)
    model.init()


if __name__ == "__main__":
    main()
