"""What a figure hands back: how values are written, its table, its files.

The same figure, the same bytes, if made and written inside style.context().
"""

import io
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any, Callable, NamedTuple

from matplotlib.figure import Figure

from reports.data import files, words

PNG_DPI = 144
_DIGITS = re.compile(r"(?<=\.\d\d)\d+")
_FONT = re.compile(r"font: (?:(\d+) )?([\d.]+px) [^;]*")
_ALONE = re.compile(r' (width|height|version|xmlns|xmlns:xlink)="[^"]*"')
# The first two were in a style for all of the file, the last in every text.
_ALL = 'stroke-linejoin="round" stroke-linecap="butt" '
_ALL += "font-family=\"'DejaVu Sans', Verdana, sans-serif\""


def seconds(value: float | None) -> str:
    """A time in the unit that suits it. The terminal writes "us"."""
    return words.seconds(value).replace(" us", " µs")


def exact(value: float) -> str:
    """A time that somebody asked for: "5 ms" and not "5.00 ms"."""
    return words.asked(round(value, 9)).replace(" us", " µs")


def percent(value: float) -> str:
    """A share, with the digits that small shares need."""
    small = 0 < abs(value) < 0.0995
    return f"{words.number(value * 100, 2) if small else f'{value * 100:.0f}'} %"


def number(value: float) -> str:
    """Three digits: "0.53", "2.1", "32", "18,000"."""
    small = abs(value) < 1000
    return words.number(value) if small else f"{float(f'{value:.3g}'):,.0f}"


def times(value: float) -> str:
    """A factor in a sentence: "1.98", "150", "27,900"."""
    return words.ratio(value) if value < 1000 else number(value)


def on_cores(count: int) -> str:
    return f"on {words.counted(count, 'core')}"


def _ticks(**steps: float) -> Callable[[float], str]:
    """Ticks are round, so they need no trailing zeros."""

    def tick(value: float) -> str:
        for unit, factor in steps.items():
            if value >= factor:
                return f"{value / factor:g} {unit}"
        return f"{value:,.0f}" if value >= 1000 else f"{value:g}"

    return tick


class Unit(NamedTuple):
    """Ticks are round in multiples of `base`: a MiB is no round number of bytes."""

    write: Callable[[Any], str]
    tick: Callable[[float], str] = _ticks()
    base: float = 1.0


UNITS = {
    "text": Unit(str),
    "count": Unit(lambda value: f"{value:,.12g}"),
    "number": Unit(number),
    "rate": Unit(words.rate, _ticks(G=1e9, M=1e6)),
    "seconds": Unit(seconds, lambda value: exact(value) if value else "0"),
    "bytes": Unit(words.size, _ticks(GiB=2**30, MiB=2**20, KiB=2**10), 2.0**20),
    "size": Unit(words.HOW["size"]),  # that somebody asked for
    "ratio": Unit(words.ratio),
    "percent": Unit(percent, lambda value: f"{value * 100:g} %"),
}


class Column(NamedTuple):
    """A column of a table: `kind` is one of UNITS."""

    title: str
    kind: str

    right = property(lambda column: column.kind != "text")

    def write(self, value: Any) -> str:
        return "–" if value is None else UNITS[self.kind].write(value)


class Table(NamedTuple):
    """The figures behind a chart, in SI units; None where there is none."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str


@dataclass(frozen=True)
class Chart:
    """One drawn figure with all that the page says about it."""

    name: str  # "cpu-throughput", the stem of its files
    kind: str  # "throughput"
    question: str
    title: str
    so_what: str
    note: str
    table: Table
    brief: Table | None
    svg: str = field(repr=False)
    png: bytes = field(repr=False)

    @property
    def inline(self) -> str:
        """The picture without a size of its own: the page decides how wide it is."""
        head, body = self.svg.split(">", 1)
        return f"{_ALONE.sub('', head)}>{body}"

    @property
    def csv(self) -> str:
        """The table for other programs: plain numbers in SI units."""
        titles = [column.title for column in self.table.columns]
        return files.sheet([titles, *self.table.rows])


def svg(figure: Figure, name: str, title: str, description: str) -> str:
    """The figure as an <svg> element, with an accessible name and tool tips. It
    also stands inside a page among others: so its ids begin with the name, and
    styles, which the page's policy does not allow, are attributes."""
    buffer = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue().decode()
    text = re.sub("<style.*?</style>", "", text[text.index("<svg ") :], flags=re.S)
    # A hundredth of a point is more than anybody sees.
    text = re.sub(r"<[^>]+>", lambda m: _DIGITS.sub("", m.group()), text)
    text = re.sub(r' transform="rotate\(-?0 [^"]*"|xlink:(?=href)', "", text)
    for gid, tips in getattr(figure, "tips", {}).items():
        text = _with_tips(text, gid, tips)
    used = {*re.findall(r'(?:url\(|href=")#([^")]+)', text)}

    def renamed(match: re.Match[str]) -> str:
        # What begins with is- is a class, to which others may belong too.
        parts = match[1].split()
        kept = (one for one in parts if one in used or one.startswith("repetitions"))
        found = [f' id="{name}-{one}"' for one in kept]
        found += [f' class="{one}"' for one in parts if one.startswith("is-")]
        return "".join(found)

    text = re.sub(r' id="([^"]*)"', renamed, text)
    text = re.sub(r'(url\(|href=")#', rf"\g<1>#{name}-", text)
    text = re.sub(r' style="([^"]*)"', lambda m: _attributes(m[1]), text)
    about = f'aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
    head, body = text.split(">", 1)
    named = f'<title id="{name}-title">{escape(title, quote=False)}</title>'
    named += f'<desc id="{name}-desc">{escape(description, quote=False)}</desc>'
    # matplotlib writes one coordinate pair per line.
    body = re.sub(r"\n\s*", " ", named + body).strip()
    return f'{head} {_ALL} class="chart" role="img" {about}>{body}'


def _with_tips(text: str, gid: str, tips: list[str]) -> str:
    """A title for each mark of the group of that name."""
    start = text.index(f'<g id="{gid}">')
    end = text.index("</g>\n", text.index("<use", start))
    titles = (f"><title>{escape(tip)}</title></use>" for tip in tips)
    marks = re.sub(r"(<use [^>]*?)/>", lambda m: m[1] + next(titles), text[start:end])
    return text[:start] + marks + text[end:]


def _attributes(style: str) -> str:
    """The declarations of a style, as attributes with a space before each."""
    style = _FONT.sub(lambda m: f"font-size: {m[2]}; font-weight: {m[1]}", style)
    pairs = (one.split(": ") for one in style.split("; ") if one)
    pairs = (pair for pair in pairs if pair[1] != "None")
    return "".join(f' {key.strip()}="{value}"' for key, value in pairs)


def png(figure: Figure) -> bytes:
    """The figure as PNG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return buffer.getvalue()
