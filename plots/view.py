"""One workload of a run as the charts see it.

A view holds the cells that may be compared with each other (one scenario,
one set of parameters, the same batch everywhere) and what every chart of
them shares: the front of the file names, the corner note, the base line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plots import names, render, style
from plots.chart import Chart, Table
from reports.data import words
from reports.data.run import Cell, Workload
from reports.judge.judgement import Judgement


@dataclass(frozen=True)
class Series:
    """One line over cores: the cells of one model or variant, and of one
    number of workers (and in-flight limit) where the run has several."""

    label: str
    look: style.Look
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class View:
    """A workload with its name for files and the run's floors."""

    workload: Workload
    slug: str
    floors: tuple[Cell, ...]
    context: Mapping[str, Any]
    judged: Judgement
    fixed: str = ""  # what was left out on purpose, for the note

    @property
    def scenario(self) -> str:
        return self.workload.scenario

    @property
    def title(self) -> str:
        text = words.capital(self.workload.title)
        if len(self.shares) == 1:
            text += f" ({words.share(self.shares[0])} compute)"
        return text

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Cells with something to draw. One of which only some repetitions
        failed is drawn too, and marked; see `label`."""
        return tuple(cell for cell in self.workload.cells if cell.ok)

    @cached_property
    def limits(self) -> tuple[int, ...]:
        """In-flight limits with something to draw, the lowest first."""
        return tuple(sorted({c.limit for c in self.cells if c.limit is not None}))

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """Shares of compute with something to draw; () but for mixed."""
        return tuple(sorted({c.share for c in self.cells if c.share is not None}))

    @cached_property
    def beside(self) -> tuple[Cell, ...]:
        """Floors that were measured with the same jobs as the models."""
        return tuple(cell for cell in self.workload.floors if cell.comparable)

    @cached_property
    def peers(self) -> tuple[Cell, ...]:
        """Well-known servers that were asked the same."""
        return tuple(cell for cell in self.workload.peers if cell.comparable)

    @cached_property
    def undrawn(self) -> tuple[str, ...]:
        """Models that have no good repetition at all."""
        drawn = {cell.label for cell in self.cells}
        missing = (c.label for c in self.workload.cells if c.label not in drawn)
        return tuple(dict.fromkeys(missing))

    @cached_property
    def fair(self) -> tuple[Cell, ...]:
        """Cells about which a sentence may speak: no repetition failed."""
        return tuple(cell for cell in self.cells if cell.comparable)

    @cached_property
    def cores(self) -> tuple[int, ...]:
        return tuple(sorted({cell.cores for cell in self.cells}))

    @cached_property
    def baseline(self) -> Cell | None:
        """`sequential` on the fewest cores: it has one thread and uses one."""
        plain = [
            cell
            for cell in self.fair
            if cell.model == "sequential" and not cell.variant
        ]
        return min(plain, key=lambda cell: cell.cores, default=None)

    @property
    def baseline_words(self) -> str:
        assert self.baseline is not None
        cores = self.baseline.cores
        return f"sequential on {'one core' if cores == 1 else f'{cores} cores'}"

    def own(self, cell: Cell) -> Cell | None:
        """The same model on one core."""
        same = [c for c in self.fair if c.label == cell.label and c.cores == 1]
        exact = [c for c in same if c.workers == cell.workers]
        return min(exact or same, key=lambda c: c.workers, default=None)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each cell is called in charts and tables, by its name: the
        model, and what else tells it from the others of the same model on the
        same cores, under the same limit and at the same share of compute."""
        return {
            cell.name: names.named(cell, names.differs(twins))
            for twins in self.twins.values()
            for cell in twins
        }

    @cached_property
    def twins(self) -> Mapping[tuple, list[Cell]]:
        """Cells of one model in one place, told apart by what is left."""
        found: dict[tuple, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(names.place(cell), []).append(cell)
        return found

    def label(self, cell: Cell) -> str:
        return self.labels.get(cell.name) or names.named(cell, set())

    def look(self, cell: Cell) -> style.Look:
        if cell.is_floor:
            return style.FLOOR
        if cell.is_peer:
            return style.peer(cell.model)
        look = style.look(cell.model, cell.variant)
        if "pool" not in names.differs(self.twins.get(names.place(cell), [])):
            return look
        return style.shifted(look, cell.model_params.get("uv_pool") or 0)

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """The lines of the charts over cores. What splits a model into several
        lines on some cores is named in all of its lines."""
        splits: dict[str, set[str]] = {}
        for twins in self.twins.values():
            splits.setdefault(twins[0].label, set()).update(names.differs(twins))
        lines: dict[str, list[Cell]] = {}
        for cell in self.ordered:
            lines.setdefault(names.named(cell, splits[cell.label]), []).append(cell)
        return tuple(
            Series(
                label,
                self.look(cells[0]),
                tuple(sorted(cells, key=lambda c: c.cores)),
            )
            for label, cells in lines.items()
        )

    @cached_property
    def ordered(self) -> tuple[Cell, ...]:
        """By model first, then cores: the order of rows. The run itself has
        cores first."""
        place: dict[str, int] = {}
        for cell in self.cells:
            place.setdefault(cell.model, len(place))
        return tuple(
            sorted(
                self.cells,
                key=lambda c: (
                    place[c.model],
                    c.variant or "",
                    c.cores,
                    c.limit or 0,
                    c.share or 0,
                    c.workers,
                    c.in_flight,
                ),
            )
        )

    @cached_property
    def rows(self) -> tuple[Cell, ...]:
        """The cells of charts with a row per cell. With many core counts a
        chart shows the fewest and the most; the table has them all."""
        if len(self.ordered) <= 20 or len(self.cores) <= 2:
            return self.ordered
        ends = {self.cores[0], self.cores[-1]}
        return tuple(cell for cell in self.ordered if cell.cores in ends)

    @property
    def omitted(self) -> str:
        """A sentence for the note when `rows` left something out."""
        if len(self.rows) == len(self.ordered):
            return ""
        return "the other core counts are in the table"

    def note(self, more: str = "") -> str:
        """What stands small in the corner of every chart."""
        good = [one for cell in self.cells for one in cell.ok]
        noun = "requests" if self.workload.requests else "jobs"
        flying = names.span([cell.in_flight for cell in self.cells])
        parts = [
            f"{names.span([r.jobs for r in good if r.jobs])} {noun} a repetition",
            # Clients are in the title.
            "" if self.workload.requests else f"in flight: {flying}",
            names.machine(self.context),
            self.fixed,
            f"failed, not drawn: {words.listed(self.undrawn)}" if self.undrawn else "",
            more,
        ]
        return " · ".join(part for part in parts if part)

    def chart(
        self,
        kind: str,
        *,
        figure: Any,
        question: str,
        title: str,
        so_what: str,
        table: Table,
        note: str,
    ) -> Chart:
        """Renders the figure. Must be called inside `style.context()`."""
        return Chart(
            f"{self.slug}-{kind}",
            kind,
            question,
            title,
            so_what,
            note,
            table,
            render.svg(figure, title, f"{so_what} The table holds the figures."),
            render.png(figure),
        )
