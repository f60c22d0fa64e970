"""Writes the page of a run: one HTML file that needs no network.

What it says comes from reports/say and from the charts; here it is only put in
order.
"""

import base64
import hashlib
import re
import shlex
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from plots import figures, style
from plots.chart import Chart
from plots.view import View, machine
from reports.data import Run, files, words
from reports.data.metrics import CPU, RATE
from reports.say import headline, notes, phrases, prices, summary
from reports.show import page_code, page_sections
from reports.show.winner_map import setting, winner_map

HERE = Path(__file__).resolve().parent
Progress = Callable[[str, int, int], None]


def write(run: Run, progress: Progress = lambda *_: None) -> Path:
    """Draws charts/* and writes index.html into the run's directory, whole or not
    at all; returns its path. Raises OSError where it cannot write."""
    drawn = list(figures.charts(run, progress))
    figures.write([c for _, some in drawn for c in some], run.directory / "charts")
    path = run.directory / "index.html"
    files.replace(path, render(run, drawn).encode())
    return path


def render(run: Run, drawn: Sequence[tuple[View, list[Chart]]]) -> str:
    """The page as text. The same run and sources give the same page."""
    sections = page_sections.complete(run, drawn)
    found = page_code.sources(run)
    # What is said of no workload alone stands apart.
    titles = ("Notes", *(load.title for load in run.workloads))
    css = Markup(asset("page.css") + colours(run))
    script = Markup(asset("page.js"))
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            # A key that an older or a cut file lacks is not known, like a null.
            context=defaultdict(lambda: None, run.context),
            style=css,
            script=script,
            policy=Markup(f"style-src {hashed(css)}; script-src {hashed(script)}"),
            headline=words.capital(headline.headline(run)),
            trust=notes.trust(run),
            warnings=run.notes,
            # Flags have a table.
            caveats=[one for one in notes.caveats(run) if one not in notes.flags(run)],
            flags=Counter(flag for one in run.repetitions for flag in one.flags),
            lead=next((s.lead for s in sections if s.lead), None),
            map=winner_map(run, {id(s.view.workload): s.anchor for s in sections}),
            machine=machine(run.context),
            models=list(dict.fromkeys(c.label for s in sections for c in s.view.cells)),
            questions=page_sections.questions(sections),
            settings=page_sections.settings(sections),
            sections=sections,
            prices=prices,
            blocks=[b for b in summary.blocks(run) if not b.heading.endswith(titles)],
            pairs=[(*two, page_code.aligned(*two)) for two in page_code.pairs(found)],
            sources=found,
            command=command(run.context),
            # What another run is held against.
            medians={
                cell.name: [words.middle(cell.values(m.key)) for m in (RATE, CPU)]
                for cell in run.cells
            },
        )
    )


@cache
def environment() -> Environment:
    """The templates, compiled once."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    found.globals.update(words=words, phrases=phrases, place_of=setting)
    found.filters.update(
        svg=lambda chart: Markup(chart.inline),
        number=lambda value: f"{value:,}",
        prose=prose,
        slug=words.slug,
    )
    return found


def asset(name: str) -> str:
    return (HERE / "assets" / name).read_text(encoding="utf-8")


def colours(run: Run) -> str:
    """A rule per model for its mark: the policy allows no style attributes."""
    looks = {words.slug(c.label): style.look(c.model, c.variant) for c in run.cells}
    return "\n".join(
        f".mark-{n} {{ color: {one.colour}; }}" for n, one in looks.items()
    )


def hashed(text: str) -> str:
    """The source of a policy that allows exactly this text. [CSP 3, 2.3.1]"""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# What no line may break apart: a model's name, a figure and its unit.
_NAME, _UNIT = r"\b[a-z]+(?:-[a-z]+)+(?:/[a-z-]+)?", r"[mµn]?s|[KMG]iB|cores?|jobs"
_WHOLE = re.compile(rf"{_NAME}|\d (?:%|×|(?:{_UNIT})\b)")


def prose(text: str) -> Markup:
    """A sentence from elsewhere, escaped, that breaks lines well."""
    text = re.sub(r"(?<=\d) us\b", " µs", text)
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', str(escape(text))))


def command(context: Mapping[str, Any]) -> str:
    """The command that repeats the run: as it was given, with the seed that it drew."""
    given = [str(part) for part in context.get("command") or []]
    if not given or given[0].startswith("-") or given[0] == "run":
        given.insert(0, "./bench")
    # Where results went was not measured, and a directory with a run is refused.
    place = ("--out", "--resume")
    both = zip(["", *given], given)
    kept = [x for last, x in both if last not in place and not x.startswith(place)]
    seed = context.get("seed")
    if seed is not None and not any(part.startswith("--seed") for part in kept):
        kept.append(f"--seed={seed}")
    return shlex.join(kept)
