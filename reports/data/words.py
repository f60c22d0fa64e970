"""Figures and parameters as words, plain ASCII; those for names are in words.toml."""

import re
from math import ceil, floor, log10
from statistics import median
from string import Formatter
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Sequence

from reports.data import files

_TABLES = files.beside(__file__)
TITLES, NOTES, QUIET = (_TABLES[key] for key in ("titles", "notes", "quiet"))
PLACES, FLAGS = {**NOTES, **_TABLES["places"]}, _TABLES["flags"]
AXES, STEPS = _TABLES["axes"], _TABLES["steps"]
EVENTS = _TABLES["events"]
WAITS = {"timer": "a timer waits", "file": "file reads"}
# Of requests other words say these already.
SAID = ("route", "request_us", "request_ms", "request_bytes", "load", "rate", "size")
# Open loops at one rate for all models, the lower one first.
COMMON = {"least": "the slowest model's", "median": "the median model's"}

UNKNOWN = "-"
_SECONDS = ((1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
_BYTES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
# From, divided by: k starts at 100,000, where commas stop being shorter.
_RATES = ((1e9, 1e9, " G"), (1e6, 1e6, " M"), (1e5, 1e3, " k"), (0, 1, ""))


def middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def number(value: float | None, digits: int = 3) -> str:
    """Three significant digits, never an exponent: 0.0123, 1.23, 123, 12300."""
    if not value:
        return UNKNOWN if value is None else "0"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:.{max(0, digits - 1 - floor(log10(abs(rounded))))}f}"


def _scaled(value: float | None, steps: Sequence[tuple[float, str]]) -> str:
    """The value in the largest unit of `steps` in which it is at least 1."""
    if value is None:
        return UNKNOWN
    # Rounded first, so that 999.96 us is 1.00 ms and not 1000 us.
    fit = (one for one in steps if abs(float(f"{value / one[0]:.3g}")) >= 1)
    factor, unit = next(fit, steps[-1])
    return f"{number(value / factor)} {unit}"


def seconds(value: float | None) -> str:
    """1.5 s, 12.3 ms, 4.56 us, 789 ns."""
    return _scaled(value, _SECONDS)


def size(value: float | None) -> str:
    """Bytes in binary units, as free(1) and smaps count them."""
    return _scaled(value, _BYTES)


def rate(value: float | None) -> str:
    """Per second: 1,996, 166.9 k or 9.87 M; four digits, rates are close."""
    return UNKNOWN if value is None else rates(value)


def rates(*values: float) -> str:
    """'1,980-2,000', '332.1-334.3 k': an interval in the unit of its end."""
    rounded = abs(float(f"{values[-1]:.4g}"))
    factor, unit = next((by, unit) for least, by, unit in _RATES if rounded >= least)

    def four(one: float) -> str:
        return f"{float(f'{one:.4g}'):,.0f}" if abs(one) >= 1000 else number(one, 4)

    return "-".join(four(value / factor) for value in values) + unit


def ratio(value: float | None) -> str:
    """1.97, 12.3, 0.05: two places where they matter."""
    if value is not None and 0.1 <= abs(value) < 9.995:
        return f"{value:.2f}"
    return number(value)


def between(low: float | None, high: float | None) -> str:
    """'1.95 to 1.99', or words when the interval is unbounded."""
    if low is None or high is None:
        return "interval unknown"
    return f"{ratio(low)} to {ratio(high)}"


def from_to(low: str, high: str) -> str:
    """'between 100 and 300 ns jobs': what both end with is said once."""
    first, last = low.split(), high.split()
    while len(first) > 1 and first[-1] == last[-1]:
        first, last = first[:-1], last[:-1]
    return f"between {' '.join(first)} and {high}"


def count(value: float | None) -> str:
    """2,773."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:.0f} %"


def share(value: float) -> str:
    """A share that is given in per cent: 12.5 %."""
    return f"{value:.3g} %"


def asked(value: float, steps: Sequence[tuple[float, str]] = _SECONDS) -> str:
    """1 ms and not 1.00 ms: what somebody asked for is exact."""
    factor, unit = next((one for one in steps if value >= one[0]), steps[-1])
    return f"{value / factor:g} {unit}"


def listed(items: Iterable[str]) -> str:
    """a; a and b; a, b and c."""
    *most, last = [*items] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(count: int, noun: str) -> str:
    """1 core, 2 cores."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def slug(label: str) -> str:
    """A label for ids and classes: thread-pool/stealing, thread-pool-stealing."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def gathered(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """What has the same key in one list, in the order of the first of each."""
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def within(share: float) -> str:
    """'0.9 %': rounded up, for it is a bound."""
    return f"{ceil(round(share * 1000, 6)) / 10:.3g} %"


def capital(sentence: str) -> str:
    """The sentence with its first letter raised, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]


def printable(text: str) -> str:
    """Without control characters: a reason must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


class Told(NamedTuple):
    """A parameter in a template, by how it is to be read: "{:us}", "{:size}"."""

    value: Any

    def __format__(self, how: str) -> str:
        return HOW[how](self.value) if how in HOW else format(self.value, how)


HOW: dict[str, Callable[[Any], str]] = {
    "us": lambda value: asked(value * 1e-6),
    "ms": lambda value: asked(value * 1e-3),
    "size": lambda value: asked(value, _BYTES),
    "mib": lambda value: asked(value * 2**20, _BYTES),
    "share": share,
    "parts": lambda value: share(100 * value),
    "connections": lambda value: counted(value, "connection"),
    "workers": lambda value: counted(value, "worker"),
    "wait": lambda value: WAITS.get(value, str(value)),
    "event": lambda value: EVENTS.get(value, str(value)),
    "supervised": lambda value: "with" if value == "yes" else "without",
}


def reached(where: Any, seconds: Callable[[float], str] = seconds) -> str:
    """A bracket in seconds: over its `first`, at most its `last`."""
    if where.last is None:
        return "at none of the lengths"
    if where.first is None:
        return f"{seconds(where.last)} or less"
    return f"{seconds(where.first)} to {seconds(where.last)}"


def told(key: str, value: Any, templates: Mapping[str, str] = NOTES) -> str:
    """A parameter as words."""
    if key in templates:
        return templates[key].format(Told(value))
    shown = f"{value:g}" if isinstance(value, float) else value
    return f"{key.replace('_', ' ')} {shown}"


def work(scenario: str, params: Mapping[str, Any]) -> str:
    """'1 ms cpu jobs', '5 ms io jobs (a timer waits)', '/plaintext requests (64
    connections, closed loop)', 'cheap requests beside 1 % of 50 ms (1,000/s)'."""
    quiet = {**QUIET, "wait_spread": 0.5} if scenario == "mixed" else QUIET
    rest = {k: v for k, v in params.items() if v is not None and quiet.get(k) != v}
    if rest.get("wait") == "file":
        # A disk takes its own time.
        rest.pop("wait_ms", None)
    http, line = scenario in ("http", "balance"), scenario in ("head-of-line", "faults")
    route = "/" + str(rest.get("route") or "").lstrip("/")
    what = f"{route} requests" if http else f"{scenario} jobs"
    template = TITLES.get(route, TITLES.get(scenario, what))
    keys = [key for _, key, _, _ in Formatter().parse(template) if key]
    length = (keys or scenario in TITLES) and all(rest.get(key) for key in keys)
    if length:
        what = template.format(**{key: Told(rest.pop(key)) for key in keys})
    rate, loop = rest.get("rate"), rest.get("load")
    notes = [f"{rate:,.0f}/s"] if rate and line else []
    said = SAID if http or line else ("size",) * bool(length)
    order = sorted(rest, key=lambda key: (key != "connections", key))
    notes += [told(key, rest[key]) for key in order if key not in said]
    if http and (rate or loop):
        notes.append(loaded(f"{rate:g}/s" if rate else str(loop)))
    return f"{what} ({', '.join(notes)})" if notes else what


def loaded(load: str) -> str:
    """'closed loop', 'open loop at 70 % of capacity', 'open loop at 500/s'."""
    if load == "closed":
        return "closed loop"
    if load.endswith("/s"):
        return f"open loop at {float(load[:-2]):,.0f}/s"
    of = f"up to 70 % of {COMMON[load]}" if load in COMMON else f"{load} % of"
    return f"open loop at {of} capacity"


def brief(load: str) -> str:
    """A load for a column: 'closed', '70 %', '500/s', '≤ 70 % of least'."""
    if load in COMMON:
        return f"≤ 70 % of {load}"
    return load if load == "closed" or load.endswith("/s") else f"{load} %"


def peer(model: str, version: str | None) -> str:
    """'nginx 1.22.1', 'node-cluster (node 18.19.0)'."""
    same = version and version.lower().startswith(f"{model} ")
    return version if same else f"{model} ({version})" if version else model
