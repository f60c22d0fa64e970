"""Figure: CPU time per job of the whole process tree, user and system.

Bars show the time itself. Where the models differ so much that most bars
would vanish, they show how the time divides instead, all of one length, and
the words beside them give the times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plots import cuts, rows, style
from plots.chart import Chart, Column, Point, Table, caption, interval_words
from plots.chart import level, on_cores, percent, seconds, spelled, tick_percent
from plots.chart import tick_seconds
from plots.over_cores import is_log
from plots.view import View
from reports.data import words
from reports.data.run import Cell

HATCH = "////"


@dataclass(frozen=True)
class Split:
    """CPU seconds per job, and how they divide.

    Medians of parts do not add up to the median of the whole, so the parts
    are the median of the whole, divided by the median share.
    """

    total: Point
    user_shares: Point  # one per repetition

    @property
    def share(self) -> float:
        """The kernel's."""
        return 1 - self.user_shares.middle

    @property
    def user(self) -> float:
        return self.total.middle * (1 - self.share)

    @property
    def system(self) -> float:
        return self.total.middle * self.share


def chart(view: View) -> Chart | None:
    """None for primitives; see dispatch.py and cuts.rowless()."""
    if cuts.rowless(view):
        return None
    view = cuts.focused(view)
    splits = _splits(view)
    if not splits or view.scenario == "primitives":
        return None
    cells = [cell for cell in view.rows if cell.name in splits]
    divided = is_log({c.name: splits[c.name].total for c in cells})
    title = f"{view.title}: CPU time per job, in the program and in the kernel"
    if divided:
        title = f"{view.title}: how the CPU time of a job divides"
    note = view.note(" · ".join(filter(None, ["all processes", view.omitted])))
    with style.context():
        figure, (axes,) = rows.frame(view, cells, title, note)
        shown = [
            splits[c.name].user_shares if divided else splits[c.name].total
            for c in cells
        ]
        texts = [_text(splits[c.name]) for c in cells]
        axes.set_xlabel("share of the CPU time" if divided else "CPU time per job")
        # Bars that are all of one length need room for words beyond it.
        bounds = [level([1.0]) for _ in cells] if divided else shown
        tick = tick_percent if divided else tick_seconds
        rows.scale(axes, bounds, texts, tick, log=False)
        if divided:
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        for i, cell in enumerate(cells):
            split, look = splits[cell.name], view.look(cell)
            whole = 1.0 if divided else split.total.middle
            user = whole * (1 - split.share)
            rows.bar(axes, i, 0, user, look)
            kernel = {"color": "#ffffff", "hatch": HATCH}
            rows.bar(axes, i, user, whole - user, look, **kernel)
            rows.mark(axes, i, shown[i], look, f"repetitions-{i}")
            rows.label(axes, max(whole, rows.beyond(shown[i])), i, texts[i])
        grey = style.tint(style.INK)
        areas = [
            (style.area_mark(facecolor=grey, edgecolor=style.INK), "user"),
            (
                style.area_mark(facecolor="#ffffff", edgecolor=style.INK, hatch=HATCH),
                "system",
            ),
        ]
        middle = "median share" if divided else "median of both"
        style.key(figure, areas + rows.key(middle, interval_words(shown)))
        return view.chart(
            "cpu-split",
            figure=figure,
            question="Does the CPU time go into the jobs or into the kernel?",
            title=title,
            so_what=so_what(view, splits),
            table=table(view, splits),
            note=note,
        )


def _text(split: Split) -> str:
    """ "966 µs user + 40.2 µs system"; a part that was not seen is 0."""
    parts = (seconds(split.user), seconds(split.system))
    user, system = ("0" if part == "0 ns" else part for part in parts)
    return f"{user} user + {system} system"


def _splits(view: View) -> dict[str, Split]:
    found = {}
    for cell in view.cells:
        known = [
            (one.cpu_user_seconds, one.cpu_system_seconds)
            for one in cell.ok
            if one.cpu_user_seconds is not None and one.cpu_system_seconds is not None
        ]
        total = level(cell.cpu_per_job())
        shares = level([u / (u + s) for u, s in known if u + s > 0])
        if total and shares:
            found[cell.name] = Split(total, shares)
    return found


def table(view: View, splits: Mapping[str, Split]) -> Table:
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("both, median", "seconds"),
            Column("low", "seconds"),
            Column("high", "seconds"),
            Column("user", "seconds"),
            Column("system", "seconds"),
            Column("system share", "percent"),
            Column("n", "count"),
        ),
        tuple(
            (
                view.label(cell),
                cell.cores,
                splits[cell.name].total.middle,
                splits[cell.name].total.low,
                splits[cell.name].total.high,
                splits[cell.name].user,
                splits[cell.name].system,
                splits[cell.name].share,
                splits[cell.name].total.n,
            )
            for cell in view.ordered
            if cell.name in splits
        ),
        "CPU time per job of the whole process tree. "
        f"{caption(s.total for s in splits.values())} The kernel may take the "
        "division by sampling at its clock ticks; then small shares are coarse, "
        "while the sum is exact.",
    )


def so_what(view: View, splits: Mapping[str, Split]) -> str:
    """Cheapest and dearest job, and where the kernel's share is largest."""
    most = view.cores[-1]
    there = [c for c in view.fair if c.cores == most and c.name in splits]
    if not there:
        return f"No model finished all its repetitions {on_cores(most)}."
    there.sort(key=lambda cell: splits[cell.name].total.middle)
    cheap, dear = there[0], there[-1]
    kernel = max(there, key=lambda cell: splits[cell.name].share)
    low, high = splits[cheap.name].total.middle, splits[dear.name].total.middle
    text = f"{words.capital(on_cores(most))} a job costs "
    if len(there) == 1:
        text += f"{seconds(low)} of CPU time under {view.label(cheap)}"
    elif low <= 0:
        text += (
            f"up to {seconds(high)} of CPU time ({view.label(dear)}), and less than "
            f"the clock resolves under {view.label(cheap)}"
        )
    elif high / low < 1.03:
        text += (
            f"the same CPU time under every model, {seconds(low)} to {seconds(high)}"
        )
    else:
        text += (
            f"{seconds(low)} of CPU time under {view.label(cheap)} and "
            f"{seconds(high)} under {view.label(dear)}, {spelled(high / low)} times "
            "as much"
        )
    return f"{text}; {_kernel(view, kernel, splits[kernel.name].share)}."


def _kernel(view: View, cell: Cell, share: float) -> str:
    if share > 0.5:
        return (
            f"{view.label(cell)} spends {percent(share)} of its time in the kernel, "
            "more than in its own code"
        )
    if share == 0:
        return "no time was seen in the kernel"
    return f"the kernel's share is at most {percent(share)} ({view.label(cell)})"
