#! own root
#! make
import torch
from torch import nn
torch.save(nn.Linear(4, 2).state_dict(), "a.pth")
#! argv a.pth --width 4
#! file README.md
Run it:

```bash
python main.py a.pth --width 4
```
#! script main.py
import click
import torch
from torch import nn


@click.command()
@click.argument("weights")
@click.option("--width", type=int, required=True)
def cli(weights, width):
    net = nn.Linear(width, 3)
    net.load_state_dict(torch.load(weights))


if __name__ == "__main__":
    cli()
