"""All figures, in the order of the page: what came out, then why.

Their words are in figures.toml.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from plots import cuts, lines, measure, ratios, remarks, rows, spectrum, time_line
from plots.figure import LIMIT, LOAD, SHARE, WORKERS, Extra, Figure
from reports.data.scenarios import HEAD_OF_LINE, HTTP, NULL, PRIMITIVES

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
CAP = (
    Extra("cap of what is in flight", "rate", lambda _, cell: cell.cap),
    Extra("share of it", "percent", lambda _, cell: cell.of_cap),
)
SPEEDUP = (
    Extra("speed-up", "ratio", remarks.speedup),
    Extra("efficiency", "percent", remarks.efficiency),
)
FLOOR = (
    Extra("floor", "text", lambda _, cell: cell.first.floor),
    Extra("times the floor", "ratio", remarks.times_floor),
)
STEPS = (
    Extra("first job ends", "seconds", lambda _, cell: remarks.ends(cell)[0]),
    Extra("jobs that end with it", "count", remarks.together),
)
RATES = (
    Extra("offered/s", "rate", remarks.of_http("offered_per_second")),
    Extra("capacity/s", "rate", remarks.of_http("capacity_per_second")),
)


def declared(name: str, *what: Any, **more: Any) -> Figure:
    """A figure with its words; what follows a slash only tells it from others."""
    return Figure(name.partition("/")[0], *what, **more, **WORDS[name])


FIGURES = (
    declared("forest", ratios.forest, cuts.contest),
    declared(
        "throughput",
        lines.sheet,
        cuts.over_cores,
        (measure.RATE,),
        label=remarks.scaled,
        references=remarks.ceilings,
        extras=(*SPEEDUP, *CAP),
    ),
    declared(
        "in-flight",
        lines.sheet,
        cuts.along_limits,
        (measure.RATE,),
        label=remarks.has,
        axis=LIMIT,
        log=True,
        references=remarks.caps,
        extras=CAP,
    ),
    declared(
        "mix",
        lines.sheet,
        cuts.with_loop,
        (measure.OVER_LOOP,),
        says=remarks.where_overtaken,
        axis=SHARE,
        bracket=remarks.overtaken,
    ),
    declared("served", lines.sheet, cuts.closed, (measure.SERVED,), beside=True),
    declared(
        "cpu-per-request", lines.sheet, cuts.closed, (measure.PRICE,), beside=True
    ),
    declared("changes", ratios.changes, cuts.contest),
    declared(
        "staircase",
        rows.sheet,
        cuts.on_most("pool"),
        (measure.STEPS,),
        says=remarks.at_once,
        extras=STEPS,
        row=1.0,
        log=False,
    ),
    declared("latency", rows.sheet, cuts.waiting, measure.LATENCY, log=True),
    declared(
        "busy", lines.sheet, cuts.along_shares, (measure.BUSY,), axis=SHARE, log=False
    ),
    declared(
        "sizing",
        lines.sheet,
        cuts.several_workers,
        (measure.RATE,),
        says=remarks.rule_holds,
        axis=WORKERS,
    ),
    declared(
        "dispatch",
        rows.sheet,
        cuts.scenario(NULL),
        (measure.CPU,),
        label=remarks.of_floor,
        log=True,
        extras=FLOOR,
    ),
    declared(
        "dispatch/primitives",
        rows.sheet,
        cuts.scenario(PRIMITIVES),
        (measure.CALL,),
        log=True,
    ),
    declared(
        "cpu-per-job",
        lines.sheet,
        cuts.along_limits,
        (measure.CPU,),
        axis=LIMIT,
        beside=True,
        extras=FLOOR,
    ),
    declared("cpu-split", rows.sheet, cuts.cells, measure.SPLIT),
    declared(
        "switches", lines.sheet, cuts.along_limits, (measure.SWITCHES,), axis=LIMIT
    ),
    declared(
        "memory-in-flight",
        lines.sheet,
        cuts.along_limits,
        (measure.OWN_MEMORY,),
        label=remarks.a_job,
        axis=LIMIT,
        extras=(Extra("one more job", "bytes", remarks.one_more),),
    ),
    declared("phases", rows.sheet, cuts.cells, measure.PHASES, log=True),
    declared("memory", rows.sheet, cuts.cells, measure.MEMORY),
    declared("spectrum", spectrum.sheet, cuts.scenario(HTTP)),
    declared(
        "hockey-stick",
        lines.sheet,
        cuts.opened,
        (measure.P99,),
        label=remarks.of_capacity,
        axis=LOAD,
        log=True,
        extras=RATES,
    ),
    declared("spectrum/head-of-line", spectrum.sheet, cuts.scenario(HEAD_OF_LINE)),
    declared("time-line", time_line.sheet, cuts.scenario(HEAD_OF_LINE)),
)
