"""Figures as words: the same rounding on the terminal and on the page.

Pure functions, plain ASCII; nothing of reports/ is imported.
"""

from __future__ import annotations

from statistics import median
from typing import Any, Iterable, Mapping, Sequence

UNKNOWN = "-"


def middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def number(value: float | None, digits: int = 3) -> str:
    """Three significant digits, never an exponent: 0.0123, 1.23, 123, 12300."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    places = max(0, digits - 1 - _exponent(rounded))
    return f"{rounded:.{places}f}"


def _exponent(value: float) -> int:
    return int(f"{abs(value):e}".partition("e")[2])


def scaled(
    value: float | None, steps: Iterable[tuple[float, str]], digits: int = 3
) -> str:
    """The value in the largest unit of `steps` in which it is at least 1."""
    if value is None:
        return UNKNOWN
    factor, unit = 1.0, ""
    for factor, unit in steps:
        # Rounded first, so that 999.96 us is 1.00 ms and not 1000 us.
        if abs(float(f"{value / factor:.{digits}g}")) >= 1:
            break
    return f"{number(value / factor, digits)} {unit}".rstrip()


def seconds(value: float | None) -> str:
    """1.5 s, 12.3 ms, 4.56 us, 789 ns."""
    return scaled(value, ((1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")))


def size(value: float | None) -> str:
    """Bytes in binary units, as free(1) and smaps count them."""
    steps = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
    return scaled(value, steps)


_RATES = ((1e9, " G"), (1e6, " M"), (1e5, " k"), (1, ""))


def rate(value: float | None) -> str:
    """Per second: 1,996, 166.9 k or 9.87 M; four digits, rates are close."""
    if value is None:
        return UNKNOWN
    factor, unit = _rate_unit(value)
    return _rate_digits(value / factor) + unit


def rates(low: float, high: float) -> str:
    """'1,980-2,000', '332.1-334.3 k': an interval in the unit of its end."""
    factor, unit = _rate_unit(high)
    return f"{_rate_digits(low / factor)}-{_rate_digits(high / factor)}{unit}"


def _rate_unit(value: float) -> tuple[float, str]:
    # Rounded first, so that 999,960 is 1.000 M and not 1,000 k.
    rounded = abs(float(f"{value:.4g}"))
    for factor, unit in _RATES:
        if rounded >= factor:
            break
    # k starts at 100,000, where commas stop being shorter.
    return (1e3 if unit == " k" else factor), unit


def _rate_digits(value: float) -> str:
    if abs(value) >= 1000:
        return f"{float(f'{value:.4g}'):,.0f}"
    return number(value, 4)


def ratio(value: float | None) -> str:
    """1.97, 12.3, 0.05: two places where they matter."""
    if value is None:
        return UNKNOWN
    if 0.1 <= abs(value) < 9.995:
        return f"{value:.2f}"
    return number(value)


def between(low: float | None, high: float | None) -> str:
    """'1.95 to 1.99', or words when the interval is unbounded."""
    if low is None or high is None:
        return "interval unknown"
    return f"{ratio(low)} to {ratio(high)}"


def percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:.0f} %"


def listed(items: Iterable[str], joint: str = "and") -> str:
    """a; a and b; a, b and c."""
    things = list(items)
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} {joint} {things[-1]}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """1 core, 2 cores."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def capital(sentence: str) -> str:
    """The sentence with its first letter raised, the rest untouched."""
    return sentence[:1].upper() + sentence[1:]


class Told:
    """A parameter in a template, by how it is to be read: "{:us}", "{:size}"."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, how: str) -> str:
        write = {
            "us": short_us,
            "ms": lambda value: short_us(value * 1e3),
            "size": size,
            "share": share,
            "parts": lambda value: share(100 * value),
            "": str,
        }.get(how)
        return write(self.value) if write else format(self.value, how)


# How a parameter reads beside its scenario; others read "name value". A pair of
# templates: in the title of a workload, and as a place on an axis.
NOTES = {
    "cpu_share": "{:share} compute",
    "compute_us": "compute {:us}",
    "timeout_ms": "timeout {:ms}",
    "wait_spread": "waits within {:parts} of the mean",
    "payload": "{:size} at once",
    "cold": "past the page cache",
    "kernel": "{}",
    "pool_job": "{}",
    "spread": "uneven, spread {:g}",
    "keep_alive": "a new connection for each",
    "idle_connections": "{:,} idle ones beside them",
    "connections": "{:,} connections",
}
PLACES = {
    "cpu_share": "{:share} compute",
    "job_us": "{:us} jobs",
    "wait_ms": "waits of {:ms}",
    "compute_us": "{:us} of compute",
    "payload": "{:size} at once",
    "connections": "{:,} connections",
    "idle_connections": "{:,} idle connections",
    "request_us": "requests of {:us}",
    "in_flight": "{:,} in flight",
}
VALUES = {"timer": "a timer waits", "file": "file reads", "constant": "evenly spaced"}
# Told only where they are not what they are by default.
QUIET = {
    "kernel": "sqrt",
    "spread": 0,
    "wait": "backend",
    "cold": "no",
    "compute_us": 0,
    "payload": 256,
    "timeout_ms": 10_000,
    "pool_job": "pbkdf2",
    "keep_alive": "yes",
    "idle_connections": 0,
    "arrival": "poisson",
}
# What requests are, by route; what other words say of them already.
ROUTES = {
    "/cpu": ("request_us", "of {:us}"),
    "/io": ("request_ms", "that wait {:ms}"),
    "/bytes": ("request_bytes", "of {:,} bytes"),
}
ASKED = "route request_us request_ms request_bytes load rate size heavy_ms heavy_share"


def told(key: str, value: Any, templates: Mapping[str, str] = NOTES) -> str:
    """A parameter as words."""
    if key in templates:
        text = templates[key].format(Told(value))
        return text.removesuffix("s") if text == "1 connections" else text
    if key in ("wait", "arrival"):
        return VALUES.get(value, str(value))
    shown = f"{value:g}" if isinstance(value, float) else value
    return f"{key.replace('_', ' ')} {shown}"


def work(scenario: str, params: Mapping[str, Any]) -> str:
    """What is done: '1 ms cpu jobs', '5 ms io jobs', '10 ms mixed jobs (25 %
    compute)', '/plaintext requests (64 connections, closed loop)', 'cheap
    requests beside 1 % of 50 ms (1,000/s, 64 connections)'."""
    if scenario == "primitives":
        return scenario
    quiet = {**QUIET, "wait_spread": 0.5 if scenario == "mixed" else 0}
    rest = {k: v for k, v in params.items() if v is not None and quiet.get(k) != v}
    if scenario in ("http", "head-of-line"):
        plain, notes = requests(scenario, rest)
        return f"{plain} ({', '.join(notes)})" if notes else plain
    if rest.get("wait") == "file":
        # A disk takes its own time.
        rest.pop("wait_ms", None)
    length = rest.pop("job_us", None)
    for key in ("wait_ms", "life_ms"):
        if length is None and rest.get(key):
            length = rest.pop(key) * 1e3
    extent = rest.pop("size", None)
    notes = [f"size {extent:,}"] if length is None and extent is not None else []
    notes += [told(key, value) for key, value in sorted(rest.items())]
    plain = f"{short_us(length)} {scenario} jobs" if length else f"{scenario} jobs"
    return f"{plain} ({', '.join(notes)})" if notes else plain


def requests(scenario: str, params: Mapping[str, Any]) -> tuple[str, list[str]]:
    """What clients ask for, and how."""
    rate, loop = params.get("rate"), params.get("load")
    route = "/" + str(params.get("route") or "").lstrip("/")
    what, notes = f"{route} requests", []
    key, template = ROUTES.get(route, ("", ""))
    if params.get(key):
        what += " " + template.format(Told(params[key]))
    if route == "/mixed" and {"request_us", "request_ms"} <= params.keys():
        what += " of {:us} and a wait of {:ms}".format(
            Told(params["request_us"]), Told(params["request_ms"])
        )
    if scenario == "head-of-line":
        heavy = Told(params.get("heavy_share") or 0), Told(params.get("heavy_ms") or 0)
        what = "cheap requests beside {:share} of {:ms}".format(*heavy)
        notes += [f"{rate:,.0f}/s"] if rate else []
    first = [key for key in ("connections",) if params.get(key)]
    others = sorted(params.keys() - {*ASKED.split(), "connections"})
    notes += [told(key, params[key]) for key in first + others]
    if scenario == "http" and (rate or loop):
        notes.append(loaded(f"{rate:g}/s" if rate else str(loop)))
    return what, notes


# Open loops at one rate for all models, the lower one first.
COMMON = ("least", "median")


def loaded(load: str) -> str:
    """'closed loop', 'open loop at 70 % of capacity', 'open loop at 500/s',
    'open loop at 70 % of the least capacity'."""
    if load in COMMON:
        return f"open loop at 70 % of the {load} capacity"
    if load == "closed":
        return "closed loop"
    if load.endswith("/s"):
        return f"open loop at {float(load[:-2]):,.0f}/s"
    return f"open loop at {load} % of capacity"


def share(value: float) -> str:
    """A share that is given in per cent: 12.5 %."""
    return f"{value:.3g} %"


def shares(values: Iterable[float]) -> str:
    """5, 10 and 25 %."""
    return f"{listed(f'{value:.3g}' for value in values)} %"


def short_us(length: float) -> str:
    """1 ms and not 1.00 ms: a length that somebody asked for is exact."""
    for factor, unit in ((1e6, "s"), (1e3, "ms"), (1, "us")):
        if length >= factor:
            return f"{length / factor:g} {unit}"
    return f"{length * 1e3:g} ns"


def printable(text: str) -> str:
    """Without control characters: a reason must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
