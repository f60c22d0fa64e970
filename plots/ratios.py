"""The form of ratios with the interval that decides: forest and changes.

A dot per round. In the shaded band a difference is no reason to choose one; an
interval that lies in it is equal, one that lies outside of 1 wins or loses, and
what is neither is undecided. The words say which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from plots import marks, rows
from plots.chart import columns
from plots.formats import UNITS
from plots.looks import INK, RULE, Look
from plots.points import Point
from plots.told import within
from plots.view import View
from reports.data import words
from reports.judge.verdict import EQUAL, UNDECIDED, Verdict

COLUMNS = columns("ratio ratio, low ratio, high ratio, verdict text, rounds count")
CAPTION = "Ratio of the same rounds; low to high is the interval that decides."


@dataclass(frozen=True)
class Row:
    look: Look
    point: Point | None
    words: str


def panel(axes: Axes, view: View, found: Sequence[Row | None], name: str, gid: str):
    """One row each; the words stand in one column, beyond whatever is drawn."""
    band = 1 + view.judged.d
    known = [row.point for row in found if row and row.point]
    values = [v for p in known for v in (*p.values, p.low or 1, p.high or 1)]
    low, right = min(*values, 1 / band), max([band, *(p.reach for p in known)])
    log = right / low > 4
    low = low / (right / low) ** 0.05 if log else low - 0.05 * (right - low)
    entries = [(right, row.words) for row in found if row]
    rows.scale(axes, entries, low, log, UNITS["ratio"])
    axes.set_xlabel(rows.logged(name, log))
    axes.axvspan(1 / band, band, color=RULE, alpha=0.8, zorder=1)
    axes.axvline(1, color=INK, linewidth=1.2, zorder=2)
    for i, row in enumerate(found):
        if row and row.point:
            marks.row(axes, i, row.point, row.look, f"{gid}-{i}")
        if row:
            rows.label(axes, right, i, row.words)


def verdict_words(verdict: Verdict | None) -> str:
    """'equal within 1.2 %', '0.50 (0.49 to 0.51)', 'undecided (0.9 to 1.2)'."""
    if verdict is None:
        return "not compared"
    if not verdict.known:
        return f"{words.ratio(verdict.ratio)} so far"
    if verdict.word == EQUAL:
        return f"equal within {within(verdict.within)}"
    ends = words.between(verdict.low, verdict.high)
    first = "undecided" if verdict.word == UNDECIDED else words.ratio(verdict.ratio)
    return f"{first} ({ends})"


def cells(verdict: Verdict | None, said: str) -> tuple:
    """The columns of the table."""
    if verdict is None:
        return (None, None, None, said, None)
    return (verdict.ratio, verdict.low, verdict.high, said, verdict.rounds)


def key(view: View, points: Sequence[Point]) -> marks.Key:
    band = f"within {100 * view.judged.d:g} %: no reason to choose one"
    area = marks.area(facecolor=RULE)
    return [*marks.key(points, marks.UPRIGHT, "ratio"), (area, band)]
