#! make
import torch
from torch import nn
torch.save({"module." + k: v for k, v in nn.Linear(4, 3).state_dict().items()}, "a.pth")
#! script main.py
import torch
import torch.multiprocessing as mp
from torch import nn

torch.backends.cudnn.benchmark = True


def worker(rank, path):
    net = nn.Linear(4, 3)
    net.load_state_dict(torch.load(path, map_location="cpu"))


if __name__ == "__main__":
    mp.spawn(worker, nprocs=1, args=("a.pth",))
