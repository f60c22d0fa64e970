"""Colours, markers and dashes: which model looks how, everywhere.

Owned by plots/; those that are chosen are in looks.toml.
"""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

INK = "#1a1a1a"  # text
QUIET = "#595959"  # notes; still 7:1 on white
RULE = "#d9d9d9"  # grid
IDEAL = "#767676"  # what would be, as opposed to what was measured
DOTTED = (0, (1, 2))
Dash = str | tuple[int, tuple[float, ...]]
CHOSEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
OTHERS = CHOSEN["others"]


def _dash(lengths: list[float]) -> Dash:
    return (0, tuple(lengths)) if lengths else "-"


@dataclass(frozen=True)
class Look:
    """Colour, marker and dash of one model or variant, everywhere."""

    colour: str
    marker: str
    dash: Dash
    hollow: bool

    @property
    def face(self) -> str:
        """The fill of the marker: variants are hollow."""
        return "#ffffff" if self.hollow else self.colour

    @property
    def edge(self) -> str:
        return self.colour if self.hollow else "#ffffff"

    @property
    def edge_width(self) -> float:
        return 2.0 if self.hollow else 0.8

    def shifted(self, size: int) -> Look:
        """Of one of several sizes of a pool: sizes that are doubled or more
        differ in marker and dash."""
        marker, dash = _other(size.bit_length())
        return replace(self, marker=marker, dash=dash)


def _other(number: int) -> tuple[str, Dash]:
    markers, dashes = OTHERS["markers"], OTHERS["dashes"]
    return markers[number % len(markers)], _dash(dashes[number % len(dashes)])


def look(model: str, variant: str | None = None) -> Look:
    """thread-pool is blue in every chart of every run, and so are its variants,
    which are hollow. What is not listed depends on the name alone, never on what
    else is in the run or on the process."""
    colours, name = OTHERS["colours"], f"{model}/{variant or ''}"
    marker, dash = _other(zlib.crc32(name.encode()))
    colour = colours[zlib.crc32(model.encode()) % len(colours)]
    if model in CHOSEN["models"]:
        colour, *own = CHOSEN["models"][model]
        marker, dash = (marker, dash) if variant else (own[0], _dash(own[1]))
    if name in CHOSEN["variants"]:
        marker, lengths = CHOSEN["variants"][name]
        dash = _dash(lengths)
    return Look(colour, marker, dash, hollow=bool(variant))


# The bare mechanisms of the primitives scenario are no models.
FLOOR = Look(QUIET, "o", "-", hollow=False)


def peer(model: str) -> Look:
    """The look of a well-known server."""
    marker, lengths = CHOSEN["peers"].get(model, (look(model).marker, [1, 2]))
    return Look(IDEAL, marker, _dash(lengths), hollow=True)
