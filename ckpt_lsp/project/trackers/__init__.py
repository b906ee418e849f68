"""What experiment trackers left behind on this machine: one file per tracker, registered here."""

from . import hydra, lightning, mlflow, wandb
from .interface import Tracker, Workspace

TRACKERS: tuple[Tracker, ...] = (wandb.TRACKER, hydra.TRACKER, lightning.TRACKER, mlflow.TRACKER)

__all__ = ["TRACKERS", "Tracker", "Workspace"]
