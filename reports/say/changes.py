"""Where the winner changes along an axis, in words: a bracket, and no line."""

from __future__ import annotations

from reports.data import words
from reports.judge.brackets import Change
from reports.judge.judgement import Judgement
from reports.say.phrases import cores, place


def overtaken(change: Change) -> str:
    """Where the base is first beaten: a bracket, and no line through it."""
    where, axis, base = change.where, change.axis, change.holder
    on = f"On {place(axis.groups[0])}"
    v = change.decides
    other = v.group.names[v.a.name]
    if where.first is None and where.undecided:
        some = words.listed(f"{p:g}" for p in where.undecided)
        return f"{on} nobody is seen to beat {base}; undecided at {some}."
    if where.first is None:
        return f"{on} nobody beats {base} at any place up to {axis.words(where.last)}."
    but = ""
    if where.again:
        some = words.listed(axis.words(p) for p in where.again)
        but = f", but not at {some}"
    if where.last is None:
        below = "or below" if where.undecided else "already, the lowest place"
        return f"{on} {other} beats {base} at {axis.words(where.first)} {below}{but}."
    ends = f"{where.last:g} and {axis.words(where.first)}"
    return f"{on} the lead passes from {base} to {other} between {ends}{but}."


def changes(judged: Judgement) -> tuple[str, ...]:
    """Axes other than a scenario's own, on which two models change places."""
    return tuple(change_line(c) for c in judged.changes if not c.of_base)


def change_line(change: Change) -> str:
    """From where to where nobody knows who wins."""
    if change.of_base:
        return overtaken(change)
    where, axis, v = change.where, change.axis, change.decides
    names, group = v.group.names, v.group
    rest = {k: x for k, x in group.params.items() if k not in (axis.key, "size")}
    work = words.capital(words.work(group.scenario, rest))
    return (
        f"{work} on {cores(group.cores)}, {change.metric.called(group.requests)}: "
        f"{names[v.loser.name]} wins up to {axis.words(where.last)}, "
        f"{names[v.winner.name]} from {axis.words(where.first)} on."
    )
