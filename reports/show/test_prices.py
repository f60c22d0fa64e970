"""Tests of what things cost: as a run measured it, as its machine's profile says."""

import json

import pytest

from plots import figures
from reports.data import run
from reports.judge.prices import measured, per_gib
from reports.say import prices
from reports.say.headline import headline
from reports.show import page
from reports.testing.entries import make_entry
from reports.testing.judging import changed, run_of, told

# Scenario, primitive, parameter, its values, cores and seconds of each.
CELLS = [
    *(
        ("messages", name, "bytes", size, cores, (2e-6 + size * 1e-10) * cores)
        for name in ("thread-spin", "thread-futex", "process-pipe", "process-tcp")
        for size in (1, 1024, 1_048_576)
        for cores in (1, 2)
    ),
    *(
        ("starts", name, "touched_mib", mib, 1, 1e-4 + gib * mib / 1024)
        for name, gib in (("fork-call", 0.01), ("posix-spawn", 0.0))
        for mib in (0, 64, 256, 1024)
    ),
    *(("calls", name, "", 0, 1, 5e-8) for name in ("lock", "clock")),
]


def entry(turn, scenario, name, key, value, cores, seconds):
    params = {key: value} if key else {}
    at = f"{key.replace('_', '-')}:{value}/" if key else ""
    about = f"{scenario}/{name}/{at}cores:{cores}/workers:1"
    figures = {"work_seconds": 1000 * seconds * (1 + 0.001 * turn), "jobs": 1000}
    figures |= {"cpu_user_seconds": 1000 * seconds, "cpu_system_seconds": 0.0}
    names = {"name": about, "run_name": about, "model": name, "params": params}
    made = make_entry("primitives", "bare-job", cores=cores)
    more = {"scenario": scenario, "round": turn, "repetition_index": turn}
    return {**made, **names, **figures, **more}


@pytest.fixture(scope="module")
def priced(tmp_path_factory):
    home = tmp_path_factory.mktemp("prices")
    empty = run_of(home, "primitives", repetitions=1)
    more = [entry(turn, *cell) for turn in range(6) for cell in CELLS]
    return changed(empty, lambda _: None, more)


@pytest.fixture(scope="module")
def drawn(priced):
    return list(figures.charts(priced))


def test_each_scenario_is_one_workload_with_its_figures(drawn):
    kinds = {view.scenario: [c.kind for c in charts] for view, charts in drawn}
    assert kinds == {
        "messages": ["messages", "threads", "processes"],
        "starts": ["starts"],
        "calls": ["calls"],
    }


def test_one_sentence_says_the_cheapest_and_the_costliest(priced, drawn):
    said = {c.kind: c.so_what for _, charts in drawn for c in charts}
    assert said["messages"].startswith("On 2 cores one message of 1 B takes 4.0")
    assert said["threads"].startswith("On 2 cores one message of 1 MiB takes 2")
    assert said["calls"].startswith("On 1 core one call takes 50.1 ns (")
    assert headline(priced).startswith("Here it takes 50.1 ns to take and leave a lock")


def test_the_memory_of_the_starter_is_paid_by_who_copies_it(drawn):
    (starts,) = next(charts for view, charts in drawn if view.scenario == "starts")
    said = "Each GiB that the starter has touched adds 0 ns (posix-spawn) to 10.0 ms"
    assert starts.so_what == f"{said} (fork-call)."
    call, spawn = starts.brief.rows
    assert call == ("fork-call", pytest.approx(0.01, rel=0.01), pytest.approx(1))
    assert spawn == ("posix-spawn", 0, 0)
    assert per_gib([(0, 1.0)]) is None
    assert per_gib([(0, 1.0), (1024, 3.0)]).seconds == pytest.approx(2)


def test_lines_to_remember_stand_on_the_page(priced, drawn):
    found = {line.what: line for line in prices.lines(priced)}
    lock = found["take and leave a lock that nobody else wants"]
    assert (lock.here[:2], lock.elsewhere) == ("50", "25 ns (Dean 2010)")
    fork = next(line for what, line in found.items() if what.startswith("fork()"))
    assert fork.here.startswith("10.0 ms") and fork.interval == ""
    # A message is the smallest, on two cores.
    assert found["send a process on another core a byte"].here.startswith("4.0")
    text = page.render(priced, drawn)
    assert prices.TITLE in text and "25 ns (Dean 2010)" in text
    assert page.render(priced, drawn).count('id="prices"') == 1


def test_calibrate_keeps_them_beside_the_noise(priced, tmp_path, capsys):
    kept = tmp_path / "machine.json"
    machine = {key: priced.context.get(key) for key in ("cpu_model", "num_cpus")}
    noise = {**machine, "kernel": priced.context.get("kernel"), "pairs": []}
    kept.write_text(json.dumps(noise))
    words = (capsys, priced.directory, "--color=never", f"--profile={kept}")
    code, out, _ = told(*words)
    assert code == 0
    assert out.startswith(prices.TITLE) and "take and leave a lock" in out
    assert out.splitlines()[-1].endswith(f"kept in {kept}")
    profile = json.loads(kept.read_text())
    assert profile["pairs"] == [] and len(profile["costs"]["prices"]) == len(CELLS)
    # Of another machine nothing is kept.
    kept.write_text(json.dumps({**noise, "kernel": "another"}))
    assert told(*words)[0] == 0
    assert "pairs" not in json.loads(kept.read_text())


def test_a_run_shows_what_its_machine_is_known_to_cost(priced, tmp_path):
    costs = {"date": "today", "prices": [p._asdict() for p in measured(priced)]}
    other = run_of(tmp_path, "cpu", repetitions=1, context={"costs": costs})
    assert prices.lines(run.load(other.directory)) == prices.lines(priced)


def test_what_is_no_job_is_not_called_one(drawn):
    titles = {view.title: view.slug for view, _ in drawn}
    # What stands along the axis is in no name.
    assert titles == {"Calls": "calls", "Messages": "messages", "Starts": "starts"}
