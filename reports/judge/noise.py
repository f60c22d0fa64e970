"""The noise floor: how far two copies of one model differ.

A run's own control is the least of it; `./bench calibrate` measures pairs at
length. The estimate is that of the verdicts, each pair for itself at 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping

from reports.data.metrics import CPU, RATE
from reports.data.run import Run
from reports.judge.intervals import LEVEL
from reports.judge.verdict import estimate, shared


@dataclass(frozen=True)
class Pair:
    """Two copies of one model; `ratio` is the second over the first on
    `metric`, d half of its interval's width: 0.01 is 1 %. Bounds and d are
    None where the rounds are too few for an interval."""

    scenario: str
    params: Mapping[str, Any]
    model: str
    cores: int
    metric: str
    ratio: float
    low: float | None
    high: float | None
    d: float | None
    rounds: int


def pairs(run: Run) -> list[Pair]:
    """Of every control: jobs per second where that is the model's own figure,
    and CPU per job. Nothing of builds that are not judged."""
    found = []
    for cell, twin in run.twins if run.judged else ():
        for metric in (RATE, CPU):
            ratios = shared(twin, cell, metric)
            if metric.own(cell) and metric.own(twin) and ratios:
                ratio, low, high = estimate(ratios, LEVEL)
                d = None if low is None else math.sqrt(high / low) - 1
                about = (cell.scenario, dict(cell.params), cell.label, cell.cores)
                found.append(Pair(*about, metric.key, ratio, low, high, d, len(ratios)))
    return found
