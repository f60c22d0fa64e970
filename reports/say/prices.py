"""What things cost on this machine, in lines to remember, beside well-known ones."""

from typing import Any, Mapping, NamedTuple

from reports.data import Run, files, words
from reports.judge.prices import Price, known, per_gib

TITLE, NOTE, HEADS, LINES = files.beside(__file__).values()


class Line(NamedTuple):
    """`interval` is "" of a slope, which has none here."""

    what: str
    here: str
    interval: str
    cpu: str
    elsewhere: str


def lines(run: Run) -> list[Line]:
    """Those of which the run or its machine's profile knows something."""
    every = known(run)
    return [found for one in LINES if (found := line(one, every))]


def line(told: Mapping[str, Any], every: list[Price]) -> Line | None:
    """With the smallest message and, but for a slope, the least memory."""
    names, cores = (told["scenario"], told["primitive"]), told.get("cores")
    fit = [p for p in every if (p.scenario, p.primitive) == names]
    fit = [p for p in fit if cores in (p.cores, None)]
    fit.sort(key=lambda price: [*price.params.values()])
    what, elsewhere = told["what"], told.get("elsewhere", "")
    if told.get("per_gib"):
        slope = per_gib((p.params["touched_mib"], p.seconds) for p in reversed(fit))
        return slope and Line(what, words.seconds(slope.seconds), "", "", elsewhere)
    if not fit:
        return None
    of = fit[0]
    span = f"{words.seconds(of.low)} to {words.seconds(of.high)}"
    cpu = words.seconds(of.cpu_seconds)
    return Line(what, words.seconds(of.seconds), span, cpu, elsewhere)
