"""Interleaved repeats, so that a noisy machine disturbs all sides alike; medians, so that it hardly counts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def medians(sides: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Seconds that each side takes.  One round before the first counted one warms caches up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(repeats + 1):
        for name, action in sides.items():
            start = time.perf_counter()
            action()
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def tell(title: str, ours: str, reference: str, seconds: Mapping[str, float]) -> None:
    """Prints both medians and the ratio."""
    print(title)
    for name, value in seconds.items():
        print(f"  {value * 1000:8.1f} ms  {name}")
    print(f"  ratio {seconds[ours] / seconds[reference]:.2f}")
