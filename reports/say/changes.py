"""Where the winner changes along an axis, in words: a bracket, and no line."""

from __future__ import annotations

from typing import Callable

from reports.data import words
from reports.judge.brackets import Bracket, Change
from reports.judge.judgement import Judgement
from reports.say.phrases import cores, place


def ends(where: Bracket, write: Callable[[float], str]) -> str:
    """A bracket in words, the bare numbers of one unit written once."""
    if where.last is None or where.first is None:
        return write(where.last if where.first is None else where.first)
    return f"{where.last:g} and {write(where.first)}"


def overtaken(change: Change, short: bool = False) -> str:
    """Where the base is first beaten: a bracket, and no line through it."""
    where, axis = change.where, change.axis
    on = f"On {place(axis.groups[0])}"
    if short:
        on = f"On {cores(axis.groups[0].cores)}"
    base, v = change.holder, change.decides
    other = v.group.names[v.a.name]
    if where.first is None:
        if where.undecided:
            some = words.listed(f"{p:g}" for p in where.undecided)
            return f"{on} nobody is seen to beat {base}; undecided at {some}."
        return f"{on} nobody beats {base} at any place up to {axis.words(where.last)}."
    but = ""
    if where.again:
        some = words.listed(axis.words(p) for p in where.again)
        but = f", but not at {some}"
    if where.last is None:
        below = "or below" if where.undecided else "already, the lowest place"
        return f"{on} {other} beats {base} at {axis.words(where.first)} {below}{but}."
    return (
        f"{on} the lead passes from {base} to {other} between "
        f"{ends(where, axis.words)}{but}."
    )


def changes(judged: Judgement) -> tuple[str, ...]:
    """Axes other than a scenario's own, on which two models change places."""
    return tuple(change_line(c) for c in judged.changes if not c.of_base)


def change_line(change: Change) -> str:
    """From where to where nobody knows who wins."""
    if change.of_base:
        return overtaken(change)
    where, axis, v = change.where, change.axis, change.decides
    names = v.group.names
    rest = {k: x for k, x in v.group.params.items() if k not in (axis.key, "size")}
    return (
        f"{words.capital(words.work(v.group.scenario, rest))} on "
        f"{cores(v.group.cores)}, {change.metric.called(v.group.requests)}: "
        f"{names[v.loser.name]} wins up to {axis.words(where.last)}, "
        f"{names[v.winner.name]} from {axis.words(where.first)} on."
    )
