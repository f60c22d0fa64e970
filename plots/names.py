"""What cells and machines are called in charts: no longer than it must be.

Twins are the cells of one model on the same cores, under the same in-flight
limit and at the same share of compute. What differs among them is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from reports.data import words
from reports.data.cells import Cell


def place(cell: Cell) -> tuple:
    """What a model's cells have in common when only its own settings differ."""
    return (cell.label, cell.cores, cell.limit, cell.step)


def differs(twins: Sequence[Cell]) -> set[str]:
    """What tells these cells apart."""
    found = set()
    if len({c.workers for c in twins}) > 1:
        found.add("workers")
    # Pools and depths are a model's own; workers follow from a pool.
    if len({c.model_params.get("uv_pool") for c in twins}) > 1:
        found.add("pool")
    settings = {(c.workers, c.model_params.get("uv_pool")) for c in twins}
    if len({(c.workers, c.in_flight) for c in twins}) > len(settings):
        found.add("in flight")
    return found


def named(cell: Cell, parts: set[str]) -> str:
    """The model, and of its settings those that tell it from its twins."""
    label = cell.label
    if cell.is_floor and cell.scenario != "primitives":
        label = f"floor: {label}"
    if "pool" in parts:
        label += f", pool of {cell.model_params.get('uv_pool')}"
    elif "workers" in parts:
        label += f", {words.counted(cell.workers, 'worker')}"
    if "in flight" in parts:
        label += f", {cell.in_flight} in flight"
    return words.printable(label)


def machine(context: Mapping[str, Any]) -> str:
    """The machine in a few words; what is not known is left out."""
    model = words.printable(str(context.get("cpu_model") or "")).strip()
    model = re.sub(r"\((R|TM)\)|( CPU| Processor)\b", "", model, flags=re.I)
    cpus = context.get("effective_cores") or context.get("num_cpus")
    count = words.counted(cpus, "CPU") if isinstance(cpus, int) else ""
    kinds = [f"{k['cores']} {k['kind']}" for k in context.get("core_kinds") or []]
    if count and kinds:
        count += f" ({words.listed(kinds)} cores)"
    model = f"({model.strip()})" if count and model.strip() else model.strip()
    return " ".join(part for part in (count, model) if part)


def span(values: Sequence[int]) -> str:
    """One number, or from which to which."""
    if not values:
        return "?"
    if min(values) == max(values):
        return f"{min(values):,}"
    return f"{min(values):,} to {max(values):,}"
