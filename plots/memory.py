"""Figure: peak memory of the whole process tree, PSS beside RSS.

RSS counts a page once for every process that maps it; PSS divides a shared
page among them, so only PSS may be added up. Part of both are the records of
the jobs, which the suite keeps and not the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plots import cuts, rows, style
from plots.chart import Chart, Column, Point, Table, caption, interval_words
from plots.chart import level, on_cores, percent, tick_size
from plots.view import View
from reports.data import words

MIB = 2.0**20


@dataclass(frozen=True)
class Peaks:
    pss: Point
    rss: Point
    records: float  # bytes


def chart(view: View) -> Chart | None:
    """None for primitives; see also cuts.rowless()."""
    if cuts.rowless(view):
        return None
    view = cuts.focused(view)
    peaks = _peaks(view)
    if not peaks or view.scenario == "primitives":
        return None
    cells = [cell for cell in view.rows if cell.name in peaks]
    title = f"{view.title}: peak memory of all processes of a model together"
    records = max(p.records for p in peaks.values())
    kept = f"records of the jobs: {words.size(records)}"
    note = view.note(" · ".join(filter(None, [kept, view.omitted])))
    with style.context():
        figure, (axes,) = rows.frame(
            view, cells, title, note, row=0.42 if len(cells) <= 12 else rows.ROW
        )
        widest = [
            max(peaks[c.name].pss, peaks[c.name].rss, key=rows.beyond) for c in cells
        ]
        texts = [
            f"{words.size(peaks[c.name].pss.middle)} PSS, "
            f"{words.size(peaks[c.name].rss.middle)} RSS"
            for c in cells
        ]
        axes.set_xlabel("peak memory")
        rows.scale(axes, widest, texts, tick_size, log=False, unit=MIB)
        for i, (cell, text) in enumerate(zip(cells, texts)):
            peak, look = peaks[cell.name], view.look(cell)
            rows.bar(axes, i - 0.2, 0, peak.pss.middle, look, height=0.36)
            rows.bar(
                axes,
                i + 0.2,
                0,
                peak.rss.middle,
                look,
                height=0.36,
                color="#ffffff",
            )
            rows.bar(
                axes,
                i - 0.2,
                0,
                peak.records,
                look,
                height=0.36,
                color=look.colour,
                linewidth=0,
            )
            rows.mark(axes, i - 0.2, peak.pss, look, f"repetitions-pss-{i}", tall=0.42)
            rows.mark(axes, i + 0.2, peak.rss, look, f"repetitions-rss-{i}", tall=0.42)
            right = max(rows.beyond(peak.pss), rows.beyond(peak.rss))
            rows.label(axes, right, i, text)
        grey = style.tint(style.INK)
        areas = [
            (style.area_mark(facecolor=grey, edgecolor=style.INK), "PSS"),
            (style.area_mark(facecolor=style.INK), "records in it"),
            (style.area_mark(facecolor="#ffffff", edgecolor=style.INK), "RSS"),
        ]
        every = [p for peak in peaks.values() for p in (peak.pss, peak.rss)]
        style.key(figure, areas + rows.key("median", interval_words(every)))
        return view.chart(
            "memory",
            figure=figure,
            question="Which model takes the most memory, and how much?",
            title=title,
            so_what=so_what(view, peaks),
            table=table(view, peaks),
            note=note,
        )


def _peaks(view: View) -> dict[str, Peaks]:
    found = {}
    for cell in view.cells:
        pss = level(cell.values("peak_pss_bytes"))
        rss = level(cell.values("peak_rss_bytes"))
        records = level(cell.values("record_bytes"))
        if pss and rss:
            found[cell.name] = Peaks(pss, rss, records.middle if records else 0)
    return found


def table(view: View, peaks: Mapping[str, Peaks]) -> Table:
    rows_ = []
    for cell in view.ordered:
        peak = peaks.get(cell.name)
        if peak is None:
            continue
        rows_.append(
            (
                view.label(cell),
                cell.cores,
                cell.workers,
                peak.pss.middle,
                peak.pss.low,
                peak.pss.high,
                peak.rss.middle,
                peak.rss.low,
                peak.rss.high,
                peak.records,
                peak.pss.n,
            )
        )
    return Table(
        (
            Column("model", "text"),
            Column("cores", "count"),
            Column("workers", "count"),
            Column("PSS, median", "bytes"),
            Column("low", "bytes"),
            Column("high", "bytes"),
            Column("RSS, median", "bytes"),
            Column("low", "bytes"),
            Column("high", "bytes"),
            Column("records", "bytes"),
            Column("n", "count"),
        ),
        tuple(rows_),
        "Peak memory of the process tree, read while all workers lived. "
        f"{caption(p.pss for p in peaks.values())}",
    )


def so_what(view: View, peaks: Mapping[str, Peaks]) -> str:
    """Least and most memory, what RSS would have claimed, what records take."""
    most = view.cores[-1]
    there = [c for c in view.fair if c.cores == most and c.name in peaks]
    if not there:
        return f"No model finished all its repetitions {on_cores(most)}."
    there.sort(key=lambda cell: peaks[cell.name].pss.middle)
    least, top = there[0], there[-1]
    peak = peaks[top.name]
    where = words.capital(on_cores(most))
    if len(there) == 1:
        text = f"{where} {view.label(top)} takes {words.size(peak.pss.middle)}"
    else:
        text = (
            f"{where} {view.label(top)} takes the most memory, "
            f"{words.size(peak.pss.middle)}, and {view.label(least)} the least, "
            f"{words.size(peaks[least.name].pss.middle)} (PSS)"
        )
    over = peak.rss.middle / peak.pss.middle
    if over > 1.1:
        text += (
            f"; RSS would claim {words.ratio(over)} times as much for "
            f"{view.label(top)}, for it counts shared pages once per process"
        )
    else:
        text += f"; RSS says about the same ({words.ratio(over)} times)"
    share = percent(peak.records / peak.pss.middle)
    text += f". The suite's own records are {share} of it."
    if unknown := [c for c in view.fair if c.cores == most and c.name not in peaks]:
        text += f" Not known of {words.listed(view.label(c) for c in unknown)}."
    return text
