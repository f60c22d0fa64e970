"""Where the loop's lead ends: pure curves, whole runs, and coverage."""

import math
import random

import pytest

from reports import crossover, mix, run, statistics, tables, terminal, verdicts
from reports.crossover import ALWAYS, AT_MOST, MEASURED, NEVER, UNSURE, Point, crossing
from reports.statistics import CANNOT_TELL, TIES, WINS, Ratio, compare
from reports.testing import make_run

D = 0.03


def point(share, ratio, word, half=0.01):
    low, high = ratio * (1 - half), ratio * (1 + half)
    return Point(share, Ratio(ratio, low, high, low, high, 0.01, 5, 5), word)


def test_the_change_is_where_the_ratio_leaves_the_tie():
    found = crossing([point(0, 1, TIES), point(10, 1, TIES), point(20, 1.5, WINS)], D)
    assert (found.bound, found.before, found.after) == (MEASURED, 10, 20)
    assert found.share == pytest.approx(10 + 10 * math.log(1.03) / math.log(1.5))
    assert 10 < found.low < found.share < found.high < 20


def test_the_order_of_the_points_does_not_matter():
    points = [point(20, 1.5, WINS), point(0, 1, TIES), point(10, 1, TIES)]
    assert crossing(points, D) == crossing(sorted(points, key=lambda p: p.share), D)


def test_the_interval_stays_between_what_was_measured():
    """A noisy tie below and a narrow win above reach beyond both."""
    found = crossing([point(5, 1.01, TIES, 0.05), point(10, 1.05, WINS, 0.04)], D)
    assert (found.low, found.high) == (5, 10)


def test_a_lead_within_a_ties_width_changes_nothing():
    found = crossing([point(5, 1.0, TIES), point(10, 1.02, WINS)], D)
    assert (found.bound, found.share) == (NEVER, None)
    found = crossing([point(0, 1.02, WINS), point(10, 1.5, WINS)], D)
    assert (found.bound, found.before, found.after) == (MEASURED, 0, 10)


def test_what_cannot_be_told_widens_the_bracket():
    points = [
        point(0, 1.0, TIES),
        point(10, 1.02, CANNOT_TELL, 0.05),
        point(20, 1.5, WINS),
    ]
    found = crossing(points, D)
    assert (found.bound, found.before, found.after) == (MEASURED, 0, 20)
    assert 0 < found.low < 10 < found.share < found.high < 20
    assert found.unsure == (10,)
    found = crossing(points[1:], D)
    assert (found.bound, found.share, found.after) == (AT_MOST, None, 20)


@pytest.mark.parametrize(
    "words, bound",
    [
        ([TIES, TIES], NEVER),
        ([TIES, CANNOT_TELL], UNSURE),
        ([WINS, WINS], ALWAYS),
        ([CANNOT_TELL, CANNOT_TELL], UNSURE),
    ],
)
def test_without_a_change_there_is_no_share(words, bound):
    ratio = {WINS: 1.5, TIES: 1.0, CANNOT_TELL: 1.02}
    points = [point(50 * i, ratio[word], word) for i, word in enumerate(words)]
    found = crossing(points, D)
    assert (found.bound, found.share, found.low, found.high) == (
        bound,
        None,
        None,
        None,
    )


def test_a_loop_that_wins_is_not_beaten():
    found = crossing([point(0, 0.8, WINS), point(50, 0.9, WINS)], D)
    assert found.bound == NEVER
    found = crossing([point(0, 0.5, WINS), point(50, 2.0, WINS)], D)
    assert 25 < found.share < 27


def test_shares_where_the_loop_comes_back_are_named():
    points = [point(0, 1, TIES), point(10, 1.5, WINS), point(20, 1, TIES)]
    assert crossing(points, D).again == (20,)


def test_one_share_is_no_axis():
    assert crossing([point(10, 2, WINS)], D) is None
    assert crossing([], D) is None


@pytest.mark.parametrize("n, rivals", [(5, 1), (5, 4), (10, 4)])
def test_the_interval_covers_the_true_change(n, rivals):
    """The truth is a straight line, as the interval assumes; the best of the
    others is chosen by looking, as in a run."""
    chance, draws, noise = random.Random(31), 1200, 0.01
    shares, logs = (0, 10, 25, 50), (0.0, 0.0, 0.25, 0.6)
    true = 10 + 15 * math.log1p(D) / 0.25
    inside = told = 0
    for _ in range(draws):
        points = []
        for share, log in zip(shares, logs):
            loop = [math.exp(chance.gauss(0, noise)) for _ in range(n)]
            others = [
                [math.exp(chance.gauss(log, noise)) for _ in range(n)]
                for _ in range(rivals)
            ]
            ratios = [compare(other, loop) for other in others]
            adjusted = statistics.holm([ratio.p for ratio in ratios])
            best = max(range(rivals), key=lambda i: statistics.median(others[i]))
            word = statistics.word(ratios[best], adjusted[best], D)
            points.append(Point(share, ratios[best], word))
        found = crossing(points, D)
        if found.bound == MEASURED and (found.before, found.after) == (10, 25):
            told += 1
            inside += found.low <= true <= found.high
    assert told > 0.9 * draws
    # Between two shares their errors partly cancel, so it covers more often
    # than it says, and never less.
    room = 4 * math.sqrt(0.95 * 0.05 / told)
    assert 0.95 - room <= inside / told <= 1


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    found = run.load(make_run(tmp_path_factory.mktemp("mix"), scenarios=("mixed",)))
    return found, verdicts.judge(found)


def changes(found):
    return {v.cores: v for v in found if v.question == "mix-crossover"}


def test_two_cores_overtake_the_loop_and_one_does_not(mixed):
    one, two = changes(mixed[1])[1], changes(mixed[1])[2]
    assert (one.word, one.share_percent, one.share_after_percent) == (
        "ties",
        None,
        None,
    )
    assert one.sentence == (
        "On 1 core with 8 in flight nobody leads event-loop by more than a tie at any "
        "share."
    )
    assert (two.word, two.rival, two.winner) == ("wins", "event-loop", two.model)
    assert (two.share_before_percent, two.share_after_percent) == (10, 25)
    assert 10 <= two.share_low_percent <= two.share_percent <= two.share_high_percent
    assert "between 10 and 25 % compute; a straight line" in two.sentence
    assert "cpu_share" not in two.params and two.in_flight_limit == 8
    assert all(v.share_percent is None for v in mixed[1] if v.question == "who-wins")


def test_a_mix_is_told_in_few_lines(mixed):
    lines = verdicts.summary_lines(mixed[0])
    text = "\n".join(lines)
    assert sum(line.endswith("mixed jobs:") for line in lines) == 2
    assert len(lines) < 14
    assert "At 100 % compute event-loop loses by " in text
    assert "the number of cores (2), to " in text
    assert "8 in flight fill one core from 100 / 8 = 12.5 % compute on" in text
    assert "By CPU per job event-loop wins at 0 % compute; nobody wins at 5" in text


def test_the_table_of_a_mix_has_a_column_per_share(mixed):
    one, two = tables.tables(mixed[0])
    assert one.headers == (
        "model",
        "0 %",
        "5 %",
        "10 %",
        "25 %",
        "50 %",
        "75 %",
        "100 %",
    )
    rows = {row[0]: row[1:] for row in two.rows}
    assert list(rows)[0] == "event-loop" and rows["event-loop"][0].endswith("/s")
    assert rows["prefork"][0] == "1.00 =" and rows["prefork"][-1] in (
        "1.99",
        "2.00",
        "2.01",
    )
    assert len(tables.every_cell(mixed[0])[0].rows) == 70
    text = terminal.as_table(mixed[0])
    assert max(map(len, text.splitlines())) <= 100 and text.isascii()


def test_the_headline_of_a_mix(mixed):
    headline = verdicts.headline(mixed[0])
    assert headline.startswith("On 2 cores the lead passes from event-loop to ")
    assert headline.endswith(
        "On 1 core nobody leads event-loop by more than a tie at any share."
    )


def test_failed_cells_of_a_mix_are_named_with_their_share(tmp_path):
    name = "mixed/event-loop/cpu-share:25/in-flight:8/cores:2/workers:1"
    found = run.load(
        make_run(tmp_path, scenarios=("mixed",), cores=(2,), failed={name: "it hung"})
    )
    change = changes(verdicts.judge(found))[2]
    assert (change.share_before_percent, change.share_after_percent) == (10, 50)
    text = terminal.as_table(found)
    assert "Not compared: event-loop at 25 % (failed)." in text
    assert "25 % compute, 8 in flight, 1 worker: failed in 5 of 5" in text
    rows = {row[0]: row for row in tables.tables(found)[0].rows}
    assert rows["prefork"][4] == rows["event-loop"][4] == "-"


def test_a_mix_without_the_loop_or_with_one_share(tmp_path):
    found = run.load(
        make_run(
            tmp_path / "a",
            scenarios=("mixed",),
            models=("sequential", "prefork", "fork-ipc"),
        )
    )
    assert changes(verdicts.judge(found)) == {}
    assert tables.tables(found)[0].rows[0][0] == "sequential"
    assert "on 2 cores" in verdicts.headline(found) and terminal.as_table(found)
    found = run.load(make_run(tmp_path / "b", scenarios=("mixed",), shares=(50,)))
    assert changes(verdicts.judge(found)) == {}
    assert "on 2 cores" in verdicts.headline(found) and terminal.as_table(found)


def test_few_repetitions_say_nothing_of_a_change(tmp_path):
    found = run.load(make_run(tmp_path, scenarios=("mixed",), repetitions=2))
    assert {v.word for v in verdicts.judge(found)} == {"can't tell"}
    assert {v.share_after_percent for v in verdicts.judge(found)} == {None}
    assert "we can't tell yet" in verdicts.headline(found)


def test_many_shares_are_split_over_tables(tmp_path):
    found = run.load(
        make_run(
            tmp_path,
            scenarios=("mixed",),
            shares=tuple(range(0, 100, 10)),
            cores=(2,),
            repetitions=1,
        )
    )
    assert [len(table.headers) for table in tables.tables(found)] == [9, 3]
    assert max(map(len, terminal.as_table(found).splitlines())) <= 100


def test_a_debug_build_still_has_its_table(tmp_path):
    found = run.load(
        make_run(tmp_path, scenarios=("mixed",), context={"build_type": "asan"})
    )
    assert verdicts.judge(found) == ()
    assert tables.tables(found)[0].rows[1][1] == "0.12"
    assert mix.of_axis(mix.axes(found.workloads[0])[0], ()) is None


def test_leaders_ignore_what_has_no_ratio():
    assert crossover.leaders([]) == []
