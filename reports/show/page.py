"""Writes the page of a run: charts, verdicts, machine, method and code.

One HTML file without network and without script, so that it can be mailed,
archived and projected as it is. What it says comes from reports/say and from
the charts; here it is only put in order.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from plots import draw
from plots.chart import Chart
from plots.inline import inline
from plots.names import machine
from plots.view import View
from reports.data import files, targets, words
from reports.data.entries import Repetition
from reports.data.run import Cell, Run
from reports.say import headline, notes, summary
from reports.say.summary import Block
from reports.show import page_code, page_texts, page_verdicts, page_words, tables
from reports.show.winner_map import winner_map

HERE = Path(__file__).resolve().parent
# Asked before any answer is shown, in this order.
PREDICT = (
    "throughput",
    "served",
    "cpu-per-request",
    "hockey-stick",
    "spectrum",
    "time-line",
    "cheap",
    "speedup",
    "in-flight",
    "mix",
    "staircase",
    "sizing",
    "cpu-per-job",
    "memory-in-flight",
    "phases",
    "cpu-split",
    "memory",
    "dispatch",
)


@dataclass(frozen=True)
class Section:
    """One workload of the page with its charts."""

    view: View
    charts: list[Chart]

    @property
    def title(self) -> str:
        return self.view.title

    @property
    def anchor(self) -> str:
        return f"charts-{self.view.slug}"


def write(
    run: Run,
    directory: Path,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Path:
    """Draws directory/charts/* and writes directory/index.html, whole or not
    at all; returns its path. Raises OSError where it cannot write."""
    sections = [Section(view, charts) for view, charts in draw.charts(run, progress)]
    draw.write([c for s in sections for c in s.charts], directory / "charts")
    path = directory / "index.html"
    files.replace(path, render(run, sections).encode())
    return path


def render(run: Run, sections: list[Section]) -> str:
    """The page as text. The same run and sources give the same page."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        svg=lambda chart: Markup(inline(chart)),
        ratio=words.ratio,
        seconds=lambda value: words.seconds(value).replace(" us", " µs"),
        size=words.size,
        number=lambda value: f"{value:,}",
        prose=prose,
    )
    leading, rest = blocks(run)
    lead = first_chart(run, sections)
    return environment.get_template("page.html.j2").render(
        run=run,
        # A key that an older or a cut file lacks is not known, like a null.
        context=defaultdict(lambda: None, run.context),
        css=Markup((HERE / "assets" / "page.css").read_text(encoding="utf-8")),
        headline=words.capital(headline.headline(run)),
        leading=leading,
        rest=rest,
        caveats=caveats(run),
        trust=notes.trust(run),
        lead=lead,
        map=winner_map(run, {id(s.view.workload): s.anchor for s in sections}),
        extent=extent(run),
        machine=machine(run.context),
        questions=questions(sections),
        predictions=page_texts.PREDICTIONS,
        sections=sections,
        settings=settings(sections),
        failures=[c for c in run.cells if c.failed],
        skipped=[c for c in run.cells if c.skipped],
        reasons=reasons,
        errnos=errnos,
        flags=flags(run),
        verdicts=page_verdicts.parts(run),
        mixes=tables.mixes(run),
        date=date(run.context),
        tables=tables.every_cell(run),
        facts=page_words.facts(run.context),
        plan=page_words.plan(run.context),
        limits=page_words.limits(run.context),
        command=command(run.context),
        calibration=page_words.calibrated(run.context),
        sources=page_code.sources(run),
        traps=page_texts.TRAPS,
        glossary=page_texts.GLOSSARY,
    )


def first_chart(run: Run, sections: list[Section]) -> Chart | None:
    """Of a run with one real workload its forest plot, which then stands on the
    first screen instead of a map of one row."""
    apart = ("null", "primitives")
    real = [s for s in sections if s.view.scenario not in apart] or sections[:1]
    if len(real) != 1 or len(run.workloads) - len(sections) > 0:
        return None
    return next((c for c in real[0].charts if c.kind == "forest"), None)


def micro(text: str) -> str:
    """The terminal's plain "us" as the page writes it."""
    return re.sub(r"(?<=\d) us\b", " µs", text)


# What no line may break apart: a model's name, a figure and its unit.
_WHOLE = re.compile(
    r"\b[a-z]+(?:-[a-z]+)+(?:/[a-z-]+)?|\d (?:[mµn]?s|%|×|[KMG]iB|cores?|jobs)\b"
    r"|\d (?:%|×)"
)


def prose(text: str) -> Markup:
    """A sentence from elsewhere, escaped, that breaks lines well."""

    def keep(match: re.Match[str]) -> str:
        return f'<span class="whole">{match.group()}</span>'

    return Markup(_WHOLE.sub(keep, str(escape(micro(text)))))


def blocks(run: Run) -> tuple[list[Block], list[Block]]:
    """The sentences of the summary: for each workload those on the most
    cores, where the models differ most, and the others."""
    found = [b for b in summary.blocks(run) if b.heading != "Notes"]
    leading = [block for block in found if not block.fewer]
    return leading, [block for block in found if block.fewer]


def caveats(run: Run) -> list[str]:
    """What stands above everything else. Flags have a section of their own,
    so here they take one line."""
    explained = set(notes.flags(run))
    lines = [line for line in notes.caveats(run) if line not in explained]
    flagged = sum(1 for one in run.repetitions if one.flags)
    if flagged:
        names = words.listed(flag for flag, *_ in flags(run))
        total = words.counted(len(run.repetitions), "repetition")
        verb = "is" if flagged == 1 else "are"
        lines.append(f"{flagged:,} of {total} {verb} flagged: {names}.")
    return lines


def extent(run: Run) -> str:
    """How much of the plan the run holds: "50 of 50 planned repetitions"."""
    have = len(run.repetitions)
    planned = run.context.get("planned_repetitions")
    if not planned:
        return words.counted(have, "repetition")
    return f"{have:,} of {words.counted(planned, 'planned repetition')}"


def questions(sections: list[Section]) -> list[Chart]:
    """One chart for each question of the prediction, from the first workload
    that has it."""
    found: dict[str, Chart] = {}
    for section in sections:
        for chart in section.charts:
            found.setdefault(chart.kind, chart)
    return [found[kind] for kind in PREDICT if kind in found]


def settings(sections: list[Section]) -> list[str]:
    """What a class must know before it can predict: a sentence for the first
    workload of each scenario that models were measured with."""
    found: dict[str, View] = {}
    for section in sections:
        if section.view.scenario not in ("null", "primitives"):
            found.setdefault(section.view.scenario, section.view)
    views = list(found.values()) or [section.view for section in sections[:1]]
    return [setting(view) for view in views]


def setting(view: View) -> str:
    load = view.workload
    labels = words.listed(dict.fromkeys(cell.label for cell in view.cells))
    jobs = sorted({one.jobs for cell in view.cells for one in cell.ok if one.jobs})
    same = f"the same {jobs[0]:,} jobs" if len(jobs) == 1 else "the same jobs"
    cores = words.listed([str(count) for count in view.cores])
    noun = "core" if view.cores == (1,) else "cores"
    text = f"{words.capital(labels)} each do {same} ({load.title}) on {cores} {noun}"
    if load.requests:
        text = f"{words.capital(labels)} each serve {load.title} on {cores} {noun}"
    if load.loads:
        text += f"; {words.listed(targets.load(one) for one in load.loads)}"
    if load.limits:
        text += f", with {words.listed(f'{n:,}' for n in load.limits)} in flight"
    if load.shares:
        text += f"; {words.shares(load.shares)} of a job's life is compute"
    return text + "."


def date(context: Mapping[str, Any]) -> str:
    """2024-05-04 10:20, as the run wrote it."""
    text = str(context.get("date") or "date not known")
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$", r"\1 \2", text)


def reasons(repetitions: Sequence[Repetition]) -> str:
    """Each reason once, without what could steer a terminal."""
    each = dict.fromkeys(one.reason or "no reason was given" for one in repetitions)
    return words.printable("; ".join(each))


def errnos(cell: Cell) -> str:
    """ECANCELED 80, ECONNRESET 12: how many jobs failed with which errno."""
    each = (f"{name} {count:,}" for name, count in cell.errnos.items())
    return words.printable(", ".join(each))


def flags(run: Run) -> list[tuple[str, int, str]]:
    """Each flag, how many repetitions carry it, and what it means."""
    found: dict[str, int] = {}
    for one in run.repetitions:
        for flag in one.flags:
            found[flag] = found.get(flag, 0) + 1
    return [
        (flag, count, notes.FLAGS.get(flag, ""))
        for flag, count in sorted(found.items())
    ]


def command(context: Mapping[str, Any]) -> str:
    """The command that repeats the run: as it was given, and with the seed
    that it drew if none was given."""
    given = [str(part) for part in context.get("command") or []]
    if not given or given[0].startswith("-") or given[0] == "run":
        given.insert(0, "./bench")
    kept: list[str] = []
    for part in given:
        # Where results went is no part of what was measured, and a directory
        # that holds a run already would be refused.
        if kept and kept[-1] in ("--out", "--resume"):
            kept.pop()
        elif not part.startswith(("--out=", "--resume=")):
            kept.append(part)
    seed = context.get("seed")
    if seed is not None and not any(part.startswith("--seed") for part in kept):
        kept.append(f"--seed={seed}")
    return shlex.join(kept)
