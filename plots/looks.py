"""Colours, markers and dashes: which model looks how, everywhere.

Owned by plots/.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

# Okabe and Ito's palette (2008) tells apart under every common colour
# blindness. The yellow is left out: on white it has a contrast of 1.3.
BLACK, ORANGE, SKY = "#000000", "#E69F00", "#56B4E9"
GREEN, BLUE, VERMILLION, PURPLE = "#009E73", "#0072B2", "#D55E00", "#CC79A7"

INK = "#1a1a1a"  # text
QUIET = "#595959"  # notes; still 7:1 on white
RULE = "#d9d9d9"  # grid
IDEAL = "#767676"  # what would be, as opposed to what was measured
DOTTED = (0, (1, 2))


@dataclass(frozen=True)
class Look:
    """Colour, marker and dash of one model or variant, everywhere."""

    colour: str
    marker: str
    dash: str | tuple[int, tuple[float, ...]]
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


# The bare mechanisms of the primitives scenario are no models.
FLOOR = Look(QUIET, "o", "-", hollow=False)

_SOLID = "-"
_MODELS: dict[str, tuple[str, str, str | tuple[int, tuple[float, ...]]]] = {
    "sequential": (BLACK, "s", _SOLID),
    "event-loop": (VERMILLION, "o", (0, (6, 2))),
    "thread-pool": (BLUE, "^", _SOLID),
    "prefork": (GREEN, "D", (0, (4, 1.5, 1, 1.5))),
    "fork-ipc": (PURPLE, "X", (0, (8, 2, 2, 2))),
}
# Variants whose hashed looks would be hard to tell from a neighbour's.
_VARIANTS: dict[tuple[str, str], tuple[str, str | tuple[int, tuple[float, ...]]]] = {
    ("prefork", "threads"): ("<", (0, (1, 1.5))),
}
# Well-known servers are grey, whatever they are: something to look at from the
# models. Marker and dash tell them apart.
_PEERS: dict[str, tuple[str, str | tuple[int, tuple[float, ...]]]] = {
    "nginx": ("v", (0, (1, 1.5))),
    "node": ("p", (0, (2, 2))),
    "node-cluster": ("P", (0, (5, 1, 1, 1, 1, 1))),
    "apache-event": ("h", (0, (8, 3))),
    "apache-prefork": ("*", (0, (3, 1, 1, 1))),
}
_OTHER_COLOURS = (ORANGE, SKY)
_OTHER_MARKERS = ("v", "P", "p", "h", "*", "<", ">")
_OTHER_DASHES = ((0, (2, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1, 1, 1)))


def _hashed(name: str) -> tuple[str, str | tuple[int, tuple[float, ...]]]:
    """For what is not listed: it depends on the name alone, never on what else
    is in the run or on the process."""
    stable = zlib.crc32(name.encode())
    markers, dashes = len(_OTHER_MARKERS), len(_OTHER_DASHES)
    return _OTHER_MARKERS[stable % markers], _OTHER_DASHES[stable % dashes]


def look(model: str, variant: str | None = None) -> Look:
    """thread-pool is blue in every chart of every run, and so are its variants,
    which are hollow."""
    hashed = _hashed(f"{model}/{variant or ''}")
    other = _OTHER_COLOURS[zlib.crc32(model.encode()) % len(_OTHER_COLOURS)]
    colour, *own = _MODELS.get(model, (other, *hashed))
    if variant is None:
        return Look(colour, *own, hollow=False)
    return Look(colour, *_VARIANTS.get((model, variant), hashed), hollow=True)


def peer(model: str) -> Look:
    """The look of a well-known server."""
    known = _PEERS.get(model, (_hashed(model)[0], DOTTED))
    return Look(IDEAL, *known, hollow=True)


def shifted(look: Look, size: int) -> Look:
    """The look of one of several sizes of a pool: sizes that are doubled or
    more differ in marker and dash."""
    steps = size.bit_length()
    start = (*_OTHER_MARKERS, look.marker).index(look.marker)
    return replace(
        look,
        marker=_OTHER_MARKERS[(start + steps) % len(_OTHER_MARKERS)],
        dash=_OTHER_DASHES[steps % len(_OTHER_DASHES)],
    )
