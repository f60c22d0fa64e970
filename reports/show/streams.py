"""The standard streams of a program: none is missing, and readers may leave.

If one was closed, Python has None in its place and gives its number to the
next file. What could not be written is tried again at the end of the program,
which then exits with 120, whatever it did.
"""

from __future__ import annotations

import io
import os
import select
import sys
from typing import Any, TextIO


class Descriptor(io.FileIO):
    """Swallows what nobody reads any more (head, less, a closed terminal), or
    all that cannot be written. It does not own the descriptor."""

    def __init__(self, number: int, swallows_all: bool) -> None:
        super().__init__(number, "w", closefd=False)
        self.swallows_all = swallows_all

    def write(self, data: Any) -> int | None:
        try:
            return super().write(data)
        except OSError:
            if self.swallows_all or self.reader_has_left():
                return len(data)
            raise

    def reader_has_left(self) -> bool:
        watch = select.poll()
        watch.register(self.fileno(), 0)
        return any(
            event & (select.POLLERR | select.POLLHUP) for _, event in watch.poll(0)
        )


def prepare() -> None:
    """Call it first in a program. Results that cannot be written are an error;
    a message that cannot be written is none, for nobody could be told."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number, this one
            os.set_inheritable(number, True)
    sys.stdin = sys.stdin or open(0, closefd=False)
    sys.stdout = _text(sys.stdout, Descriptor(1, swallows_all=False))
    sys.stderr = _text(sys.stderr, Descriptor(2, swallows_all=True))


def _text(old: TextIO | None, raw: Descriptor) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=old.encoding if old else "utf-8",
        errors=old.errors if old else "replace",
        line_buffering=raw.swallows_all or raw.isatty(),
    )
