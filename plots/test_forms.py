"""Tests of what single figures show, against runs of which the truth is known."""

import statistics
from xml.etree import ElementTree

import pytest

from plots import chart as charts, testing
from plots.figures import FIGURES
from plots.testing import SVG, changed, chart, column, dots, kinds, texts, tips, view_of
from reports.data import words
from reports.judge.scaling import memory_slopes
from reports.testing import FIVE


def test_tables_hold_the_medians(tmp_path):
    view = view_of(tmp_path)
    found = chart(view, "throughput")
    for cell in view.cells:
        values = cell.values("jobs_per_second")
        place = (cell.label, cell.cores)
        median = column(found, "jobs per second, median")[place]
        assert median == statistics.median(values)
        assert column(found, "low")[place] == min(values)
        assert column(found, "n")[place] == 5


def test_every_dot_stands_at_its_value_above_zero(tmp_path):
    view = view_of(tmp_path, noise=0.1)
    root = ElementTree.fromstring(chart(view, "throughput").svg)
    zero = next(t for t in root.iter(f"{SVG}text") if t.text == "0")
    pairs = []
    for k, label in enumerate(FIVE):
        ids = {g.get("id", ""): g for g in root.iter(f"{SVG}g")}
        (group,) = [
            g for name, g in ids.items() if name.endswith(f"-repetitions-0-{k}")
        ]
        heights = [float(use.get("y")) for use in group.iter(f"{SVG}use")]
        cells = [c for c in view.ordered if c.label == label]
        values = [v for c in cells for v in c.values("jobs_per_second")]
        pairs += zip(values, heights, strict=True)
    (low, bottom), (high, top) = min(pairs), max(pairs)
    scale = (bottom - top) / (high - low)
    for value, height in pairs:
        assert height == pytest.approx(bottom - (value - low) * scale, abs=0.02)
    # The words at a tick hang a few points below it.
    assert float(zero.get("y")) - (bottom + low * scale) == pytest.approx(0, abs=8)


def test_flagged_and_set_aside_repetitions_are_hollow_and_say_why(tmp_path):
    def disturb(entry):
        if entry["model"] == "prefork" and entry["repetition_index"] == 0:
            again = dict(entry, status="disturbed", reason="measured again: stolen")
            return [dict(again, jobs_per_second=1.0), entry]
        if entry["model"] == "fork-ipc" and entry["cores"] == 2:
            entry["flags"] = ["neighbours", "cpu-shared"]
        return [entry]

    (view,) = changed(tmp_path, disturb, scenarios=("cpu",))
    found = chart(view, "throughput")
    assert dots(found.svg) == 50 + 2
    assert dots(found.svg, "repetitions-hollow") == 5 + 2
    why = {"flagged: neighbours", "set aside, measured again: stolen"}
    assert {*tips(found.svg)} == why
    assert "flagged or set aside" in texts(found.svg)
    # It is shown and counts nowhere.
    assert column(found, "low")["prefork", 2] > 100
    assert column(found, "set aside")["prefork", 2] == 1
    plain = chart(view_of(tmp_path / "b"), "throughput")
    assert "flagged or set aside" not in texts(plain.svg) and not tips(plain.svg)


# Scaling.


def test_one_figure_shows_throughput_speed_up_and_efficiency(tmp_path):
    view = view_of(tmp_path, speed={"thread-pool": 0.5}, noise=0.001)
    found = chart(view, "throughput")
    assert column(found, "speed-up")["thread-pool", 2] == pytest.approx(1, rel=0.02)
    said = texts(found.svg)
    assert any("prefork" in t and "(speed-up 2.0" in t for t in said)
    assert any("event-loop" in t and ", 50 %)" in t for t in said)
    assert any(t.startswith("ideal: sequential × cores") for t in said)
    alone = chart(view_of(tmp_path / "b", models=FIVE[2:4]), "throughput")
    assert "speed-up" not in " ".join(texts(alone.svg))
    null = chart(view_of(tmp_path / "c", "null"), "throughput")
    assert "speed-up" not in " ".join(texts(null.svg))


def test_what_independent_processes_reach_is_drawn_and_no_model(tmp_path):
    def ideal(entry):
        if entry["model"] != "prefork" or entry["cores"] != 2:
            return [entry]
        name = "cpu/independent/cores:2/workers:2"
        other = dict(entry, kind="ideal", model="independent", name=name, run_name=name)
        return [entry, other]

    (view,) = changed(tmp_path, ideal, scenarios=("cpu",))
    found = chart(view, "throughput")
    assert any(t.startswith("reachable: independent") for t in texts(found.svg))
    assert "independent" not in {row[0] for row in found.table.rows}
    assert dots(found.svg) == 50


def test_no_line_leads_into_shared_cpus(tmp_path):
    def lines(shared: bool | None, name: str) -> int:
        view = view_of(tmp_path / name, "http", requests={"shared": shared})
        return chart(view, "served").svg.count('stroke-opacity="0.55"')

    assert lines(None, "a") == 0 and lines(False, "b") == 5


def test_the_forest_names_the_median_beside_each_verdict(tmp_path):
    view = view_of(tmp_path, repetitions=10)
    said = texts(chart(view, "forest").svg)
    for cell in view.cells:
        rate = words.rate(statistics.median(cell.values("jobs_per_second")))
        assert f"{rate} jobs/s" in said
    assert said.count("grey words: median") == 2
    null = view_of(tmp_path / "b", "null", repetitions=10)
    prices = null.cells[0].values("cpu_seconds_per_job")
    assert charts.seconds(statistics.median(prices)) in texts(chart(null, "forest").svg)


# Jobs that wait.


def test_caps_are_drawn_and_who_has_fewer_in_flight(tmp_path):
    view = view_of(tmp_path, "io", waiting={"compute_us": 100})
    said = texts(chart(view, "in-flight").svg)
    assert "cap: CPUs / compute  20,000" in said
    assert "cap: in flight / 5.1 ms  196.1 k" in said
    less = chart(view_of(tmp_path / "b", "io"), "in-flight")
    assert any("thread-pool" in t and "(has 512)" in t for t in texts(less.svg))
    assert any("sequential" in t and "(at 1)" in t for t in texts(less.svg))


def test_floors_stand_under_the_models(tmp_path):
    found = chart(view_of(tmp_path / "a", "io"), "cpu-per-job")
    assert any(t.startswith("floor: epoll-client") for t in texts(found.svg))
    both = {"scenarios": ("null", "primitives"), "noise": 0.001}
    null = chart(view_of(tmp_path / "b", "null", **both), "dispatch")
    # The floor was measured on one core; on two the queue is contended.
    assert sum("1.33 × tbb-queue" in text for text in texts(null.svg)) == 1
    alone = chart(view_of(tmp_path / "c", "null"), "dispatch")
    assert not any("×" in text for text in texts(alone.svg))


def test_memory_writes_the_slope_of_every_model(tmp_path):
    view = view_of(tmp_path, "io")
    found = chart(view, "memory-in-flight")
    for slope in memory_slopes(view.workload):
        cell = slope.most
        written = column(found, "one more job")[cell.label, cell.cores, cell.limit]
        hidden = slope.low is not None and not slope.measured
        assert written == (0 if hidden else slope.bytes)
    steep = max(memory_slopes(view.workload), key=lambda s: (s.most.cores, s.bytes))
    said = [t for t in texts(found.svg) if t.startswith(steep.most.label)]
    assert any(f"+{words.size(steep.bytes)} a job" in text for text in said)


@pytest.mark.parametrize("kind", ["cpu-split", "phases", "memory"])
def test_rows_are_of_the_highest_limit_and_of_the_rules_workers(tmp_path, kind):
    tune = {"thread-pool": (8, 64, 512)}
    view = view_of(tmp_path, "io", tune=tune, waiting={"compute_us": 100})
    found = chart(view, kind)
    assert "only at 1,000 in flight" in found.note
    assert column(found, "workers")["thread-pool", 2, 1000] == 103
    assert len(found.table.rows) == 10


def test_sizing_shows_the_rule_and_asks_the_verdicts(tmp_path):
    assert "sizing" not in kinds(view_of(tmp_path / "a", "io"))
    tune = {"thread-pool": (8, 16, 64, 256), "fork-ipc": (64, 256)}
    options = {"tune": tune, "waiting": {"compute_us": 100}, "repetitions": 10}
    fast = {"io/thread-pool/in-flight:1000/cores:2/workers:256": 2.0}
    found = chart(view_of(tmp_path / "b", "io", speed=fast, **options), "sizing")
    # W = cores x (1 + 5 ms / 0.1 ms), rounded up by what a double holds.
    assert {"52 (rule)", "103 (rule)"} <= {*texts(found.svg)}
    assert "at 1,000 in flight" in found.note
    assert "103 workers for thread-pool (256 over these: 2.0" in found.so_what
    assert "for fork-ipc (" in found.so_what


# Mixes and pools.


def test_the_bracket_of_a_mix_is_that_of_the_verdicts(tmp_path):
    found = chart(view_of(tmp_path, "mixed", repetitions=10), "mix")
    said = texts(found.svg)
    assert "1 core: nobody overtakes the loop" in said
    assert "2 cores: the loop is overtaken between 10 and 25 % by prefork" in said
    assert found.so_what.startswith("On 1 core nobody overtakes the loop; on 2 cores")
    assert "the change lies in here" in said and "times event-loop" in said
    few = chart(view_of(tmp_path / "b", "mixed", repetitions=2), "mix")
    assert "it is undecided whether the loop is overtaken" in few.so_what
    # On two cores no line leads through the bracket: each has two parts.
    parts = found.svg.count('stroke-opacity="0.55"')
    assert parts == few.svg.count('stroke-opacity="0.55"') + 5
    without = view_of(tmp_path / "c", "mixed", models=("sequential", "prefork"))
    assert kinds(without) == ["busy"]


def test_the_fifth_job_waits_for_a_pool_of_four(tmp_path):
    def four(entry):
        if entry["variant"] == "offload":
            entry["job_end_seconds"] = [0.1 * (k // 4 + 1) for k in range(16)]

    models = ("sequential", "event-loop", "event-loop/offload", "thread-pool")
    options = {"models": models, "uv_pools": (4,), "cores": (4,)}
    (view,) = changed(tmp_path, four, scenarios=("pool",), **options)
    found = chart(view, "staircase")
    assert "event-loop/offload 4" in found.so_what and "sequential 1" in found.so_what
    ends = column(found, "time since the start, end of the last")
    for cell in view.cells:
        last = sorted(one.job_end_seconds[-1] for one in cell.ok)
        assert ends[cell.label, 4, cell.limit] == last[2]


# Requests.


def test_peers_and_floor_stand_beside_the_models_with_their_versions(tmp_path):
    options = {"requests": {"peers": ("nginx", "node-cluster"), "floor": True}}
    view = view_of(tmp_path, "http", repetitions=10, **options)
    for kind in ("served", "cpu-per-request"):
        found = chart(view, kind)
        beside = {"nginx 1.22.1", "node-cluster (node 18.19.0)", "floor: bare-epoll"}
        assert beside < {row[0] for row in found.table.rows}
        assert all(any(t.startswith(b) for t in texts(found.svg)) for b in beside)
        assert not any(name in found.so_what for name in beside)


def test_the_tail_and_the_lie_of_the_naive_client(tmp_path):
    found = chart(view_of(tmp_path / "a", "http"), "spectrum")
    assert "On 1 core, open loop at 90 % of capacity" in texts(found.svg)
    assert "(coordinated omission)" in found.so_what
    assert any(t.startswith("naive: ") for t in texts(found.svg))
    assert column(found, "p99")  # of every load
    assert len(found.table.rows) == (4 + 1) * 5
    stick = chart(view_of(tmp_path / "b", "http"), "hockey-stick")
    assert {"50", "70", "90"} <= {*texts(stick.svg)}
    assert all("capacity" in t for t in texts(stick.svg) if t.startswith("prefork"))
    assert "open loop at 90 % of capacity" in stick.so_what


def test_the_time_line_says_who_is_held_up(tmp_path):
    models = ("event-loop", "event-loop/offload", "prefork")
    found = chart(view_of(tmp_path, "head-of-line", models=models), "time-line")
    held = column(found, "held up")
    assert held["event-loop", 1] > 0.5 and held["event-loop/offload", 1] == 0
    assert "event-loop/offload 0 %" in found.so_what
    assert sum(": p99 " in text or ": p90 " in text for text in texts(found.svg)) == 3


def test_runs_without_what_a_figure_shows_have_none(tmp_path):
    def bare(entry):
        entry["http"] = None

    for view in changed(tmp_path, bare, scenarios=("http", "head-of-line")):
        drawn = {figure.kind for figure in FIGURES if figure.chart(view)}
        assert not drawn & {"spectrum", "time-line"}


def test_zeros_do_not_break_logarithmic_axes(tmp_path):
    def zero(entry):
        entry["teardown_seconds"] = entry["cpu_user_seconds"] = 0.0
        entry["cpu_system_seconds"] = 1e-4 * (entry["repetition_index"] == 0)

    (view,) = changed(tmp_path, zero, scenarios=("null",), cores=(2,))
    assert dots(chart(view, "phases").svg) == 75
    assert dots(chart(view, "dispatch").svg) == 25


def test_the_same_figure_gives_the_same_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(charts, "png", testing.real_png)
    one, two = (chart(view_of(tmp_path), "memory").png for _ in range(2))
    assert one == two and len(one) > 10_000
