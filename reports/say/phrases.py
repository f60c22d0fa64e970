"""A verdict in words: its figure, its word, the whole sentence; and what is said of
one group: who is first, then each family of comparisons."""

from statistics import quantiles
from typing import Callable, Iterable, Iterator, Sequence

from reports.data import Cell, Group, Metric, files, words
from reports.data.cells import CLOSED
from reports.data.metrics import CPU, CPU_OF_BOTH, LATENCIES, LOSS, RATE, kind
from reports.judge import questions as ask
from reports.judge.judgement import Judgement, Standing
from reports.judge.verdict import EQUAL, UNDECIDED, WINS, Verdict

# In a longer list the figures stand without their intervals.
MANY = 6
# A spread that is worth a word: so wide, and so many times another.
WIDE, WIDER = 0.05, 3
_TABLES = files.beside(__file__)
HEADS, SAID = _TABLES["heads"], _TABLES["said"]
# A naive percentile that is so many times too low is worth a line.
LIE = 1.5


def cores(count: int) -> str:
    return words.counted(count, "core")


def span(v: Verdict) -> str:
    return f"({words.between(v.low, v.high)})"


def figure(v: Verdict) -> str:
    """'1.97 (1.95 to 1.99)'; '2.00' where its interval is no wider than that."""
    wide = v.known and len({*map(words.ratio, (v.low, v.ratio, v.high))}) > 1
    return f"{words.ratio(v.ratio)} {span(v)}" if wide else words.ratio(v.ratio)


def conclusion(v: Verdict) -> str:
    """'equal within 0.8 %', 'undecided (0.97 to 1.06)', '1.97 (1.95 to 1.99)'."""
    if v.word == EQUAL:
        return f"equal within {words.within(v.within)}"
    if v.word == UNDECIDED:
        return f"undecided {span(v)}" if v.known else f"{figure(v)} so far, undecided"
    return figure(v)


def series(verdicts: Sequence[Verdict], name: Callable[[Verdict], str]) -> str:
    """Wins, the largest first; who is equal, within the loosest; what is undecided."""
    found = words.gathered(
        (v.word, v) for v in sorted(verdicts, key=lambda v: -v.ratio)
    )
    wins, equal, unsure = (found.get(word, []) for word in (WINS, EQUAL, UNDECIDED))
    write = figure if len(wins) <= MANY else lambda v: words.ratio(v.ratio)
    parts = [words.listed(f"{name(v)} {write(v)}" for v in wins)] if wins else []
    if equal:
        loosest = words.within(max(v.within for v in equal))
        parts.append(f"{words.listed(map(name, equal))} equal within {loosest}")
    if unsure:
        each = words.listed(f"{name(v)} {span(v)}" for v in unsure)
        parts.append(f"{each} undecided")
    return "; ".join(parts)


def name_of(cell: Cell, group: Group) -> str:
    return group.names.get(cell.name, cell.label)


def measured_by(metric: Metric, group: Group) -> str:
    """'Jobs per second', 'CPU per request', 'p99' at the head of a line."""
    text = metric.called(group.requests)
    return text if text.startswith("p") else words.capital(text)


def of_pair(v: Verdict) -> tuple[str, str]:
    """What the two of a comparison are called in a sentence of their own."""
    if v.question == ask.CONTROL:
        return f"one copy of {v.a.label}", "the other"
    a, b = (name_of(cell, v.group) for cell in (v.a, v.b))
    if v.question == ask.WORKERS:
        a, b = (f"{c.label} with {c.workers:,} workers" for c in (v.a, v.b))
    elif v.a.cores != v.b.cores:
        a, b = (f"{c.label} on {cores(c.cores)}" for c in (v.a, v.b))
    return a, f"the bare {b}" if v.question == ask.FLOOR else b


def sentence(v: Verdict) -> str:
    """The whole comparison, true and clear without its neighbours."""
    a, b = of_pair(v)
    if v.metric.lower and v.ratio < 1:
        # A cost is told from the side that costs more.
        v, (a, b) = v.seen_from(v.b), (b, a)
    group, said = v.group, v.word
    if v.word == EQUAL:
        said = conclusion(v)
    elif v.winner:
        said = f"{a if v.winner is v.a else b} wins"
    elif not v.known:
        said = f"undecided, for {v.pairs:,} comparisons at once need {v.needed} rounds"
    under = "" if group.limit is None else f", {group.limit:,} in flight"
    work = words.capital(words.work(group.scenario, group.params))
    return (
        f"{work}, {cores(group.cores)}{under}: {said}; {a} has {words.ratio(v.ratio)} "
        f"times the {v.metric.called(group.requests)} of {b} "
        f"({words.between(v.low, v.high)}; {words.counted(v.rounds, 'round')})."
    )


def lines(judged: Judgement, group: Group) -> tuple[str, ...]:
    told = [v for v in judged.verdicts if v.group is group and not v.control]
    metrics = judged.metrics(group) if judged.run.judged else ()
    known = any(v.known for v in told)
    found = [offered(group)] if {*metrics} & {*LATENCIES} else []
    if told and not known:
        most = max(told, key=lambda v: v.pairs)
        found.append(f"This run only shows: {few(most)}, and it has {most.rounds}.")
    for metric in metrics:
        found.append(standing_line(judged.standing(group, metric)))
        if metric is CPU and group.requests:
            found.append(standing_line(judged.standing(group, CPU_OF_BOTH)))
    found += families(group, told) if known else ()
    found += [naive(group)] if group.load != CLOSED and metrics else []
    return tuple(filter(None, found))


def few(v: Verdict) -> str:
    """Larger families need more rounds than smaller ones."""
    pairs = words.counted(v.pairs, "comparison")
    return SAID["few"].format(pairs=pairs, needed=v.needed)


def families(group: Group, told: Sequence[Verdict]) -> Iterator[str]:
    """A line per question, of the models against the one by which they are told."""
    base = {c.label: c for c in group.comparable}.get(kind(group.scenario).base)
    if group.step is not None or (group.limit and group.waits):
        # How much more is in flight says that better; see the column of the cap.
        base = None
    found: dict[str, list[Verdict]] = {}
    for v in told:
        if v.question == ask.MODELS and base in (v.a, v.b):
            v = v.seen_from(v.b if v.a is base else v.a)
        elif v.question == ask.MODELS or v.question not in HEADS:
            continue
        about = {"metric": measured_by(v.metric, group), "cores": cores(group.cores)}
        about |= {"b": v.b.label, "workers": f"{v.b.workers:,}"}
        found.setdefault(HEADS[v.question].format(**about), []).append(v)

    def name(v: Verdict) -> str:
        if v.question == ask.WORKERS:
            return words.counted(v.a.workers, "worker")
        over = f" over {v.b.label}" if v.question == ask.FLOOR else ""
        return name_of(v.a, group) + over

    for head, some in found.items():
        known = any(v.known for v in some)
        yield f"{head}: {series(some, name) if known else few(some[0])}."


def offered(group: Group) -> str | None:
    """At which rate clients asked, and what that is to each."""
    found: dict[str, list[str]] = {}
    for cell in group.comparable:
        keys = ("http_offered_per_second", "http_capacity_per_second")
        rate, most = (words.middle(cell.values(key)) for key in keys)
        if rate:
            own = f" ({words.percent(rate / most)} of its capacity)" if most else ""
            text = f"{words.rate(rate)}/s{own}"
            found.setdefault(text, []).append(name_of(cell, group))
    each = [f"{text} to {words.listed(who)}" for text, who in found.items()]
    return f"Offered: {words.listed(each)}." if each else None


def naive(group: Group) -> str | None:
    """Where counting from the actual send would have told a nicer tale."""
    found = []
    for cell in group.comparable:
        keys = ("naive_p99", "latency_p99_seconds")
        naive, true = (words.middle(cell.values(key)) for key in keys)
        if true and naive and true >= LIE * naive:
            found.append((true / naive, name_of(cell, group)))
    if not found:
        return None
    times, name = max(found)
    return SAID["naive"].format(times=words.ratio(times), name=name)


def names(standing: Standing, cells: Iterable[Cell]) -> str:
    return words.listed(name_of(cell, standing.group) for cell in cells)


def standing_line(standing: Standing) -> str | None:
    """Who wins, who is equal, what is undecided; then whom they beat."""
    metric, v = standing.metric, standing.lead
    head = measured_by(metric, standing.group)
    if standing.bound:
        kind = "upper" if metric.lower else "lower"
        who = names(standing, standing.bound)
        return f"{head}: nobody wins; of {who} only {kind} bounds are known."
    if not standing.decided:
        return None
    if standing.winner:
        text = f"{names(standing, standing.top)} wins"
    elif standing.equal:
        text = f"{names(standing, standing.shown)} equal within "
        text += words.within(standing.within) + spread(standing)
    else:
        first, *others = standing.top or standing.order
        beside = filter(None, (standing.between(first, other) for other in others))
        each = (f"{names(standing, [v.b])} {conclusion(v)}" for v in beside)
        text = f"undecided; {names(standing, [first])} over {words.listed(each)}"
        return f"{head}: {text}{', which beat the rest' if standing.apart else ''}."
    if v and metric.lower:
        text += f"; {names(standing, [v.b])} {figure(v.seen_from(v.b))} times as much"
    elif v:
        text += f"; {figure(v)} times {names(standing, [v.b])}"
    return f"{head}: {text}."


def limited(standing: Standing) -> str:
    """Why of some only bounds are known."""
    flags = {flag for cell in standing.bound for flag in cell.flags}
    backend = flags & standing.metric.bound == {"backend-bound"}
    return f"{'backend' if backend else 'load generator'} too slow"


def spread(standing: Standing) -> str:
    """Equal in the middle and yet not alike, by the middle half over the median."""
    widths = []
    for cell in standing.top:
        low, middle, high = quantiles(cell.values(standing.metric.key), n=4)
        widths.append(((high - low) / middle, names(standing, [cell])))
    (steady, a), (wild, b) = min(widths), max(widths)
    if wild < max(WIDE, WIDER * steady):
        return ""
    return f", but spread not: {b} {words.within(wild)}, {a} {words.within(steady)}"


def ahead(standing: Standing) -> str:
    """'1.96 times event-loop', 'prefork 1.09 times as much'; nothing without a lead."""
    v, metric = standing.lead, standing.metric
    if v is None:
        return ""
    other, least = names(standing, [v.b]), "at least " * (len(standing.top) > 1)
    if not metric.lower:
        return f"{'each ' * bool(least)}{least}{words.ratio(v.ratio)} times {other}"
    return f"{other} {least}{words.ratio(1 / v.ratio)} times as {metric.much}"


def clause(standing: Standing, lead: bool) -> str:
    """'thread-pool and prefork equal, 1.96 times event-loop', '3 of 5 models equal'."""
    metric, top, every = standing.metric, standing.top, len(standing.order)
    name = metric.name.split()[0]
    more = f", {ahead(standing)}" if lead and standing.lead else ""
    what = "" if metric is RATE else f" in {name}"
    if standing.bound:
        return limited(standing) + what.replace(" in ", " for ")
    if standing.winner:
        best = {RATE: "wins", CPU: "needs least CPU", LOSS: "loses least"}
        verb = best.get(metric, f"has the lowest {name}")
        return f"{names(standing, top)} {verb}{more}"
    if not standing.decided or (len(top) == every and not standing.equal):
        return f"undecided{what}"
    who = names(standing, standing.shown)
    if len(top) == every > 2:
        who = f"all {every}"
    elif not lead and len(top) > 2:
        who = f"{len(top)} of {every} models"
    if standing.equal:
        return f"{who} equal{what}{more}"
    return f"first place{what} undecided between {who}{more}"
