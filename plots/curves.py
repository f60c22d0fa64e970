"""The form of curves: how much of their time cores are at work, by job length.

Below the axis each line has a bar: the shortest jobs with which it reaches half
lie in there, and no line leads through. Repetitions are in the table of the cell.
"""

from itertools import pairwise

from matplotlib.axes import Axes

from plots import marks, style
from plots.chart import UNITS, seconds
from plots.figure import Figure, Sheet
from plots.measure import interval_words
from plots.style import IDEAL, Look
from plots.view import View
from reports.data import words
from reports.judge.brackets import Shortest, job_seconds

TALL, LANE = 4.2, 0.045  # inches; a bar's part of what 100 % is high
HALF = 0.5


def sheet(figure: Figure, view: View) -> Sheet | None:
    (points,) = figure.points(view)
    known = [cell for cell in figure.shown(view) if cell.name in points]
    lines = words.gathered((view.label(cell), cell) for cell in known)
    if len({cell.step for cell in known}) < 2:
        return None
    run, write = view.judged.run, figure.measures[0].form.write
    lengths = {cell: job_seconds(run, cell) for cell in known}
    found = {name: view.judged.half(cells[-1]) for name, cells in lines.items()}
    texts = []
    for name, cells in lines.items():
        last = found[name] and found[name].where.last
        told = f"from {seconds(last)}" if last else write(points[cells[-1].name].middle)
        texts.append(f"{name}  {told}")
    key = [(marks.spot(**marks.MEDIAN), "median")]
    key.append((marks.line(), interval_words(points.values())))
    key.append((marks.line(linewidth=5, alpha=0.5), "50 % is reached in here"))
    tall = max(TALL, marks.APART * len(texts) + 0.1)
    head, room = figure.head(view, key), marks.room(texts)
    drawn, (axis,) = style.frame(*head, tall, left=0.95, right=room)
    ends = min(lengths.values()) / 1.3, max(lengths.values()) * 1.3
    top = max(1.0, *(p.high or p.middle for p in points.values())) + 0.05
    style.scale(axis, "y", 0.0, top, False, UNITS["percent"])
    bars = [name for name, one in found.items() if one]
    axis.set_ylim(-LANE * (len(bars) + 1), top)
    style.scale(axis, "x", *ends, True, UNITS["seconds"])
    heading = words.counted(view.cores[-1], "core")
    style.heading(axis, heading, figure.measures[0].name, left=0.25)
    for share in (HALF, 1.0):
        marks.plot(axis, ends, (share, share), color=IDEAL, linewidth=1.2, zorder=2)
    last = []
    for name, cells in lines.items():
        look, place = view.look(cells[0]), [(lengths[c], points[c.name]) for c in cells]
        lane = -LANE * (bars.index(name) + 1) if name in bars else 0.0
        _line(axis, look, place, found[name], lane)
        last.append(marks.End(look, place[-1][0], place[-1][1].middle))
    marks.names(axis, last, texts)
    axis.set_xlabel("length of a job (logarithmic)")
    return figure.sheet(view, [points], drawn, head)


def _line(axis: Axes, look: Look, at: list, of: Shortest | None, lane: float) -> None:
    """One model, its intervals, and its bar."""
    where = of and of.where
    known = where is not None and None not in (where.first, where.last)
    both = [
        ((x, a.middle), (y, b.middle))
        for (x, a), (y, b) in pairwise(at)
        if not known or y <= where.first or x >= where.last
    ]
    looks = {**look.ink, "linestyle": look.dash, "linewidth": 2, "alpha": 0.55}
    marks.strokes(axis, both, **looks, zorder=3)
    bars = [((x, p.low), (x, p.high)) for x, p in at if p.low is not None]
    marks.strokes(axis, bars, **look.ink, linewidth=2.5, zorder=4)
    marks.medians(axis, [x for x, _ in at], [p.middle for _, p in at], look, 8)
    if known:
        bar = [((where.first, lane), (where.last, lane))]
        marks.strokes(axis, bar, **look.ink, linewidth=5, alpha=0.8, zorder=4)
