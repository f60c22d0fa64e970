"""Curves of latency over percentiles: what spectrum.py draws.

A curve is the sum of a cell's repetitions; a part is a panel of curves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plots import loads
from plots.chart import on_cores
from plots.panels import thinned
from plots.view import View
from reports.data import histograms, targets, words
from reports.data.cells import Cell
from reports.data.histograms import Histogram

LIE = 1.5  # a naive curve is shown if it is so many times too low


@dataclass(frozen=True)
class Curve:
    """One server under one load."""

    cell: Cell
    found: Histogram
    slowest: tuple[float, ...]  # of each repetition

    @property
    def top(self) -> float:
        return max(self.slowest)


@dataclass(frozen=True)
class Part:
    """A panel: a load, or the cheap requests on some cores."""

    title: str
    curves: tuple[Curve, ...]
    naive: Curve | None = None  # the one whose naive curve differs most


def nines(share: float) -> float:
    return -math.log10(1 - share)


def by_load(view: View) -> list[Part]:
    """A panel per load on the most cores that left the generator a CPU."""
    cores, found = loads.apart(view), []
    for load in thinned(view.workload.loads):
        here = loads.on(loads.at(view, load), cores)
        curves = _found(here.ordered, "histogram")
        if curves:
            title = words.capital(targets.load(load))
            found.append(Part(title, curves, worst(curves)))
    return found


def by_cores(view: View) -> list[Part]:
    found = []
    for cores in thinned(view.cores):
        curves = _found([c for c in view.ordered if c.cores == cores], None)
        if curves:
            found.append(Part(words.capital(on_cores(cores)[3:]), curves))
    return found


def _found(cells: Sequence[Cell], key: str | None) -> tuple[Curve, ...]:
    found = []
    for cell in cells:
        merged = histograms.of(cell, key) if key else histograms.of_cheap(cell)
        if merged and merged.count > 2 * histograms.BEYOND:
            each = [_one(one.http or {}, key) for one in cell.ok]
            tops = tuple(h.seconds[-1] for h in each if h)
            found.append(Curve(cell, merged, tops))
    return tuple(found)


def _one(http: Mapping, key: str | None) -> Histogram | None:
    group = http if key else (http.get("groups") or [{}])[0]
    return histograms.summed([group.get(key or "histogram")])


def worst(curves: Sequence[Curve]) -> Curve | None:
    """Whose naive curve is furthest below at the last percentile of both."""
    found = None
    for curve in curves:
        naive = histograms.of(curve.cell, "naive_histogram")
        if naive is None:
            continue
        share = min(naive.farthest, curve.found.farthest)
        ratio = curve.found.quantile(share) / naive.quantile(share)
        if ratio >= LIE and (found is None or ratio > found[0]):
            found = (ratio, curve)
    return found[1] if found else None


def far(curve: Curve) -> float:
    return nines(curve.found.farthest)
