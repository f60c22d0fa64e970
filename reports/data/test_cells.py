"""How cells of waiting jobs are grouped, and what old files still give."""

import pytest

from reports.data import run, words
from reports.data.entries import repetition
from reports.data.workloads import labels
from reports.testing import FIVE, make_entry, make_run, make_waiting, write_lines
from reports.testing.judging import run_of


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """All scenarios of waiting jobs, one repetition each."""
    directory = tmp_path_factory.mktemp("waiting")
    options = {"repetitions": 1, "shares": (0, 25, 100)}
    return run_of(directory, "io", "mixed", "pool", **options)


def load_of(found, scenario):
    loads = [load for load in found.workloads if load.scenario == scenario]
    assert len(loads) == 1
    return loads[0]


def test_an_entry_of_an_older_version_is_read():
    entry = make_entry("cpu", "prefork")
    assert "kind" not in entry and "in_flight_limit" not in entry
    one = repetition(entry)
    assert (one.kind, one.in_flight_limit, one.workers_rule) == ("model", None, None)
    assert (one.errnos, one.job_end_seconds, one.model_params) == (None, None, {})
    assert one.wait_seconds is one.little_ratio is one.backend_cpu_seconds is None


def test_a_new_entry_is_read_with_its_fields():
    one = repetition(make_waiting("pool", "event-loop/offload", limit=16, uv_pool=4))
    assert one.model_params == {"uv_pool": 4} and len(one.job_end_seconds) == 16
    assert isinstance(one.job_end_seconds, tuple)
    torn = make_waiting("io", "prefork", kind=None, model_params=None, errnos=None)
    assert (repetition(torn).kind, repetition(torn).model_params) == ("model", {})


def test_groups_are_per_cores_and_limit(waiting):
    load, limits = load_of(waiting, "io"), (10, 100, 1000)
    assert (load.limits, load.steps, load.title) == (limits, (), "5 ms io jobs")
    keys = [(group.cores, group.limit) for group in load.groups]
    assert keys == [(c, n) for c in (1, 2) for n in limits]
    for group in load.groups:
        assert [cell.label for cell in group.cells] == list(FIVE)
        assert {cell.limit for cell in group.cells} == {group.limit, None}
    # `sequential` was measured once per core count and is in three groups.
    assert len([c for c in load.cells if c.model == "sequential"]) == 2


def test_a_run_of_which_only_floors_are_left(tmp_path):
    directory = make_run(tmp_path, scenarios=("io",), limit=0)
    write_lines(directory, [make_waiting("io", "epoll-client", cores=1)])
    load = load_of(run.load(directory), "io")
    assert (load.cells, load.groups, len(load.floors)) == ((), (), 1)


def test_a_mix_is_one_workload(waiting):
    load = load_of(waiting, "mixed")
    assert (load.steps, load.limits) == ((0, 25, 100), (8,))
    assert load.title == "10 ms mixed jobs"
    assert not {"cpu_share", "size"} & load.params.keys()
    assert [(g.cores, g.step) for g in load.groups][:3] == [(1, 0), (1, 25), (1, 100)]
    group = load.group(2, 8, 25)
    assert group.params["cpu_share"] == 25 and group.params["size"]
    assert len({cell.params["cpu_share"] for cell in group.cells}) == 1


def test_caps_are_of_what_a_cell_can_have_in_flight(waiting):
    cells = {c.name: c for c in waiting.cells}
    most = cells["io/thread-pool/in-flight:1000/cores:1/workers:512"]
    assert (most.limit, most.in_flight, most.workers_rule) == (1000, 512, 512)
    assert most.cap == pytest.approx(512 / 0.005)
    alone = cells["io/sequential/cores:1/workers:1"]
    assert (alone.cap, alone.of_cap) == pytest.approx((200, 1), rel=0.02)
    assert cells["pool/prefork/in-flight:16/cores:2/workers:2"].cap is None


def test_several_cells_of_a_model_have_names_of_their_own(tmp_path):
    options = {"repetitions": 1, "cores": (1,), "in_flight": (100,)}
    tune = {"thread-pool": (20, 50)}
    (group,) = run_of(tmp_path, "io", **options, tune=tune).groups
    pools = [c for c in group.cells if c.model == "thread-pool"]
    # What the rule says stands for the model and needs no more words.
    assert [c.workers for c in group.contestants if c in pools] == [100]
    named = [labels(group.cells)[c.name].partition(" ")[2] for c in pools]
    assert named == ["(20 workers)", "(50 workers)", ""]
    options |= {"models": ("event-loop/offload",), "uv_pools": (1, 4)}
    (group,) = run_of(tmp_path / "uv", "pool", **options).groups
    offload = [f"event-loop/offload (uv pool {n})" for n in (1, 4)]
    assert sorted(labels(group.cells).values()) == offload


TITLES = """
null: null jobs
cpu job_us=1000 size=7: 1 ms cpu jobs
cpu size=25000: cpu jobs (size 25,000)
cpu job_us=50 kernel=pbkdf2 spread=0.5: 50 us cpu jobs (pbkdf2, uneven, spread 0.5)
io wait=backend wait_ms=5 payload=256 keep_alive=yes: 5 ms io jobs
io wait=timer wait_ms=0.5: 500 us io jobs (a timer waits)
io wait=file wait_ms=5 cold=no: io jobs (file reads)
io wait_ms=5 compute_us=100 size=9: 5 ms io jobs (compute 100 us)
io wait_ms=5 payload=65536: 5 ms io jobs (64 KiB at once)
mixed life_ms=10 cpu_share=12.5 size=7 wait_spread=0.5: 10 ms mixed jobs (12.5 % compute)
pool pool_job=pbkdf2 job_us=20000 size=7: 20 ms pool jobs
http route=/plaintext connections=64: /plaintext requests (64 connections)
http route=/cpu request_us=100 connections=1: /cpu requests of 100 us (1 connection)
http route=/io request_ms=5 load=closed: /io requests that wait 5 ms (closed loop)
http route=/mixed request_ms=5 request_us=9: /mixed requests of 9 us and a wait of 5 ms
http route=/x load=70: /x requests (open loop at 70 % of capacity)
http route=/x load=least: /x requests (open loop at up to 70 % of the slowest model's capacity)
http route=/bytes request_bytes=10000: /bytes requests of 10,000 bytes
http route=/json rate=500: /json requests (open loop at 500/s)
http route=/json connections=100 keep_alive=no idle_connections=10000 arrival=constant \
timeout_ms=500: /json requests (100 connections, evenly spaced, 10,000 idle ones beside \
them, a new connection for each, timeout 500 ms)
head-of-line heavy_ms=50 heavy_share=1 rate=1000 connections=64: cheap requests beside \
1 % of 50 ms (1,000/s, 64 connections)
"""


def number(key, text):
    plain = key == "load" or not text.replace(".", "").isdigit()
    return text if plain else float(text) if "." in text else int(text)


@pytest.mark.parametrize("line", TITLES.strip().splitlines())
def test_titles(line):
    asked, _, title = line.partition(": ")
    scenario, *pairs = asked.split()
    texts = dict(pair.split("=") for pair in pairs)
    params = {key: number(key, text) for key, text in texts.items()}
    assert words.work(scenario, params) == title


def test_peers_as_words():
    assert words.peer("nginx", "nginx 1.22.1") == "nginx 1.22.1"
    assert words.peer("node-cluster", "node 18") == "node-cluster (node 18)"
    assert words.peer("nginx", None) == "nginx"


@pytest.mark.parametrize(
    "write, texts",
    [
        (words.number, {0: "0", 1: "1.00", 9.999: "10.0", 0.0123: "0.0123"}),
        (words.number, {123456: "123000", -2.5: "-2.50", None: "-"}),
        (words.seconds, {1.5: "1.50 s", 999.96e-6: "1.00 ms", 4.56e-6: "4.56 us"}),
        (words.seconds, {35e-9: "35.0 ns", 0.2e-9: "0.200 ns", 0: "0 ns", None: "-"}),
        (words.rate, {1996.4: "1,996", 99999.9: "100.0 k", 166900: "166.9 k"}),
        (words.rate, {999960: "1.000 M", 9870000: "9.870 M", 2.5e9: "2.500 G"}),
        (words.rate, {12.345: "12.35", 0.5: "0.5000", None: "-"}),
        (words.size, {3 * 2**20: "3.00 MiB"}),
        (words.ratio, {1.974: "1.97", 150.4: "150", 0.00667: "0.00667", None: "-"}),
        (words.listed, {(): "", ("a",): "a", ("a", "b", "c"): "a, b and c"}),
        (words.printable, {"a\x1b[2Jb\nc": "a [2Jb c"}),
    ],
)
def test_figures_as_words(write, texts):
    assert {value: write(value) for value in texts} == texts


def test_intervals_as_words():
    assert words.rates(1980, 2000) == "1,980-2,000"
    assert words.rates(332100, 334300) == "332.1-334.3 k"
    assert words.rates(990000, 1010000) == "0.9900-1.010 M"
    assert words.between(None, None) == "interval unknown"
