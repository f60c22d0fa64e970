"""Figures as words: the same rounding on the terminal and on the page.

Pure functions, plain ASCII; of reports/ only targets.py is imported.
"""

from __future__ import annotations

from typing import Iterable, Mapping, Any

from reports.data import targets

UNKNOWN = "-"


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


# Parameters that are told only where they are not what they are by default.
_QUIET = {
    "kernel": "sqrt",
    "spread": 0,
    "wait": "backend",
    "cold": "no",
    "compute_us": 0,
    "payload": 256,
    "timeout_ms": 10_000,
    "pool_job": "pbkdf2",
}


def work(scenario: str, params: Mapping[str, Any]) -> str:
    """What the jobs of a group are: '1 ms cpu jobs', 'null jobs', '5 ms io
    jobs', '10 ms mixed jobs (25 % compute)'; of requests see targets.py."""
    if scenario == "primitives":
        return "primitives"
    if scenario in ("http", "head-of-line"):
        return targets.work(scenario, params)
    quiet = {**_QUIET, "wait_spread": 0.5 if scenario == "mixed" else 0}
    rest = {k: v for k, v in params.items() if v is not None and quiet.get(k) != v}
    length = rest.pop("job_us", None)
    if rest.get("wait") == "file":
        # A disk takes its own time.
        rest.pop("wait_ms", None)
    for key in ("wait_ms", "life_ms"):
        if length is None and rest.get(key):
            length = rest.pop(key) * 1e3
    extent = rest.pop("size", None)
    notes: list[str] = []
    if length is None and extent is not None:
        notes.append(f"size {extent:,}")
    notes += [note(key, value) for key, value in sorted(rest.items())]
    plain = f"{short_us(length)} {scenario} jobs" if length else f"{scenario} jobs"
    return f"{plain} ({', '.join(notes)})" if notes else plain


def note(key: str, value: Any) -> str:
    """A parameter as words."""
    if key == "cpu_share":
        return f"{share(value)} compute"
    if key == "compute_us":
        return f"compute {short_us(value)}"
    if key == "timeout_ms":
        return f"timeout {short_us(value * 1e3)}"
    if key == "wait_spread":
        return f"waits within {share(100 * value)} of the mean"
    if key == "payload":
        return f"{size(value)} at once"
    if key == "wait":
        return {"timer": "a timer waits", "file": "file reads"}.get(value, f"{value}")
    if key == "cold":
        return "past the page cache"
    if key in ("kernel", "pool_job"):
        return str(value)
    if key == "spread":
        return f"uneven, spread {value:g}"
    return f"{key.replace('_', ' ')} {value}"


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
