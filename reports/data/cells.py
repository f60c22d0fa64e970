"""Cells: one way of running one workload each, with its repetitions."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import median
from typing import Any, Mapping

from reports.data import words
from reports.data.entries import Repetition
from reports.data.metrics import BARE, LATE, kind

CLOSED = "closed"


def _with(status: str) -> Any:
    return cached_property(
        lambda c: tuple(r for r in c.repetitions if r.status == status)
    )


@dataclass(frozen=True, eq=False)
class Cell:
    """Scenario x parameters x model/variant x cores x in flight x workers; what
    its repetitions have in common is read of the first. `disturbed` were set aside
    and measured again: they are shown and count nowhere. `in_flight` is what the
    model can really have begun, `workers_rule` what cores x (1 + wait / compute) is."""

    name: str
    repetitions: tuple[Repetition, ...]
    disturbed: tuple[Repetition, ...] = ()

    # A bare mechanism is stood on, a control is the twin of another cell, an
    # ideal is independent processes, a peer a well-known server: none competes.
    is_floor = property(lambda c: c.kind == "floor" or c.scenario in BARE)
    is_control = property(lambda c: c.kind == "control")
    is_peer = property(lambda c: c.kind == "peer")

    requests = property(lambda c: kind(c.scenario).requests)
    # The --in-flight of the cell. None where none was given, for `sequential`, and
    # for requests, whose connections are a parameter.
    limit = property(lambda c: None if c.requests else c.in_flight_limit)
    # Whether each worker had a CPU of its own (--pin).
    pinned = property(lambda c: c.model_params.get("pin") == "yes")
    waits = property(lambda c: bool(c.wait_seconds))
    ok, failed, skipped = _with("ok"), _with("failed"), _with("skipped")
    # Without a failure: survivors alone are not a fair sample.
    comparable = property(lambda c: bool(c.ok) and not c.failed)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return getattr(self.repetitions[0], key)

    @property
    def step(self) -> float | None:
        """Where a batch stands on its scenario's own axis; None without one."""
        axis = () if self.requests else kind(self.scenario).axis
        return {**self.params, "workers": self.workers}.get(axis[0]) if axis else None

    @property
    def load(self) -> str | None:
        """How clients ask: "closed", "least" or "median" (an open loop at one rate for
        all), "70" (per cent of the cell's own capacity) or "1000/s"; or None."""
        if "load" not in kind(self.scenario).axis:
            return None
        rate = self.params.get("rate")
        return f"{rate:g}/s" if rate else str(self.params.get("load") or CLOSED)

    @property
    def life_seconds(self) -> float | None:
        """What one job takes if nothing is in its way; None if unknown."""
        wait = self.wait_seconds
        return None if wait is None else wait + (self.compute_seconds or 0.0)

    # Jobs per second of Little's law (1961); None for jobs that do not wait.
    cap = property(lambda c: c.in_flight / c.life_seconds if c.waits else None)
    # As --model takes it: thread-pool/stealing.
    asked_for = property(lambda c: "/".join(filter(None, (c.model, c.variant))))

    @cached_property
    def of_cap(self) -> float | None:
        """Median throughput as a share of the cap."""
        rates = self.values("jobs_per_second")
        return median(rates) / self.cap if rates and self.cap else None

    @property
    def label(self) -> str:
        """thread-pool/stealing, prefork (pinned), fork-ipc (depth 1 if set), nginx."""
        if self.is_peer:
            known = (one.http_peer_version for one in self.repetitions)
            return words.peer(self.model, next(filter(None, known), None))
        set_to = self.model_params.get("depth")
        picked = set_to is None or "depth" in (self.auto_params or ())
        notes = ["pinned"] * self.pinned + [f"depth {set_to}"] * (not picked)
        return self.asked_for + (f" ({', '.join(notes)})" if notes else "")

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Those of one repetition in ten; `late`, whose rounds are left out, of four."""
        found = Counter(flag for one in self.repetitions for flag in one.flags)
        count = {flag: n * (4 if flag == LATE else 10) for flag, n in found.items()}
        return tuple(sorted(f for f, n in count.items() if n >= len(self.repetitions)))

    @cached_property
    def errnos(self) -> Mapping[str, int]:
        """How many jobs failed with which errno, over all repetitions."""
        found = sum((Counter(one.errnos or {}) for one in self.repetitions), Counter())
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def reason(self) -> str | None:
        """Why the cell is not compared, or None."""
        if self.comparable:
            return None
        bad = self.failed or self.skipped
        reasons = dict.fromkeys(r.reason or "no reason was given" for r in bad)
        verb = "failed" if self.failed else "was skipped"
        share = f"{len(bad)} of {len(self.repetitions)} repetitions"
        return words.printable(f"{verb} in {share}: {'; '.join(reasons)}")

    def values(self, key: str) -> list[float]:
        """One value per ok repetition that knows it, in recorded order."""
        return [float(x) for one in self.ok if (x := getattr(one, key)) is not None]

    @lru_cache(maxsize=4096)
    def by_round(self, key: str, bound: frozenset[str] = frozenset()) -> Any:
        """Round to figure, of the ok repetitions that know it; the first counts. A round
        with a flag of `bound` that the cell itself has not is left out."""
        fit = (r for r in reversed(self.ok) if not (bound & {*r.flags}) - {*self.flags})
        known = ((one.turn, getattr(one, key)) for one in fit)
        return {turn: float(value) for turn, value in known if value is not None}
