#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! script main.py
import click
import torch
from torch import nn


@click.command()
@click.option("--weights", default="a.pth", type=click.Path(exists=True))
@click.option("--width", default=4, show_default=True)
@click.option("--verbose", is_flag=True)
def main(weights, width, verbose):
    net = nn.Linear(width, 3)
    net.load_state_dict(torch.load(weights))


if __name__ == "__main__":
    main()
