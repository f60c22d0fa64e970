"""What goes to stdout: lists, help, formats, comparisons."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from harness.testing.command_line import (
    MODELS,
    ONLY_SERVE,
    VARIANTS,
    Bench,
    cell_name,
    records,
    small,
    strict,
)

SCENARIOS = (
    "balance",
    "calls",
    "cpu",
    "faults",
    "grain",
    "head-of-line",
    "http",
    "io",
    "messages",
    "mixed",
    "null",
    "pool",
    "primitives",
    "starts",
    "startup",
)
PRESETS = {"smoke": (2, 0.1), "quick": (20, 0.25), "class": (30, 0.5), "paper": (50, 1)}
CPU_PARAMETERS = ("kernel", "job-us", "size", "spread")


def output(bench: Bench, *words: str) -> str:
    found = bench.run(*words)
    assert (found.code, found.err) == (0, "")
    return found.out


def test_list_shows_all_there_is(bench: Bench) -> None:
    text = output(bench, "list")
    words = set(re.findall(r"[\w/-]+", text))
    assert {*SCENARIOS, *MODELS, *VARIANTS, *PRESETS} <= words
    assert {f"--{name}" for name in (*CPU_PARAMETERS, "depth")} <= words


def test_list_as_a_tree(bench: Bench) -> None:
    lines = output(bench, "list", "--tree").splitlines()
    assert [line for line in lines if line[0] != " "] == [
        "scenarios",
        "models",
        "grid: neighbours in a row or a column differ in one thing",
        "presets",
    ]
    at = lines.index("  cpu")
    assert lines[at + 1 : at + 5] == [f"    {name}" for name in CPU_PARAMETERS]
    for variant in VARIANTS:
        model, _, name = variant.partition("/")
        assert lines.index(f"    {name}") > lines.index(f"  {model}")


def test_the_tree_shows_which_models_differ_in_one_thing(bench: Bench) -> None:
    grid = [line.split("  ") for line in output(bench, "list", "--tree").splitlines()]
    rows = [[word.strip() for word in row if word.strip()] for row in grid]
    assert ["one thread", "sequential", "event-loop"] in rows
    assert ["ticket", "thread-pool/ticket", "thread-pool/loops"] in rows
    assert ["ticket", "prefork/blocking", "prefork"] in rows
    assert ["message", "fork-ipc"] in rows


def test_list_for_programs(bench: Bench) -> None:
    found = strict(output(bench, "list", "--json"))
    assert [one["id"] for one in found["scenarios"]] == list(SCENARIOS)
    names = {one["name"] for one in found["models"]}
    assert names == {*MODELS, *VARIANTS, *ONLY_SERVE}
    for one in found["models"]:
        assert one["runs_jobs"] == (one["name"] not in ONLY_SERVE)
        assert one["serves_requests"] == (one["name"] != "prefork/static")
    assert {one["id"]: one["in_flight"] for one in found["scenarios"]}["io"] == (
        "10,100,1000"
    )
    assert {one["work"] for one in found["scenarios"]} == {
        "jobs",
        "requests",
        "primitives",
    }
    assert {"nginx", "node"} <= {one["id"] for one in found["peers"]}
    prices = {one["scenario"] for one in found["primitives"] if one["cores"]}
    assert prices == {"calls", "messages", "starts"}
    under = [one for one in found["primitives"] if not one["cores"]]
    beside = {one["id"]: one["beside"] for one in under}
    primitives = {id for id, floor in beside.items() if floor is None}
    floors = {one["floor"] for one in found["models"] if one["runs_jobs"]}
    waiting = {one["waiting_floor"] for one in found["models"]} - {None}
    assert waiting == {"epoll-client"}
    assert primitives == {*floors, *waiting}
    besides = {"queue", "ticket", "seqpacket-echo", "tbb-arena"}
    assert {*beside.values()} - {None} == besides
    presets = {
        one["name"]: (one["repetitions"], one["duration_seconds"])
        for one in found["presets"]
    }
    assert presets == PRESETS
    cpu = next(one for one in found["scenarios"] if one["id"] == "cpu")
    assert [one["name"] for one in cpu["parameters"]] == list(CPU_PARAMETERS)
    assert cpu["parameters"][1]["default"] == "1000"


def test_the_models_come_in_the_order_of_the_lesson(bench: Bench) -> None:
    found = strict(output(bench, "list", "--json"))
    assert list(dict.fromkeys(one["id"] for one in found["models"])) == list(MODELS)


@pytest.mark.parametrize(
    "words, first",
    [([], "list"), (["list"], "--tree"), (["report"], "DIR"), (["run"], "--seed")],
)
def test_help(bench: Bench, words: list[str], first: str) -> None:
    text = output(bench, *words, "--help")
    assert "Usage" in text
    assert first in text


def test_version(bench: Bench) -> None:
    assert re.fullmatch(
        r"bench \d+\.\d+\.\d+ \(release build\)\n", output(bench, "--version")
    )


def test_a_dry_run_names_the_cells_and_touches_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    flags = small(scenario="cpu", model="all/*", jobs=None, workers="1,2", reps=3)
    lines = output(bench, *flags, "--dry-run", f"--out={out}").splitlines()
    cells = {
        cell_name("cpu", model, 1, count)
        for model in (*MODELS, *VARIANTS)
        for count in (1, 2)
    }
    assert sorted(lines[:-1]) == sorted(cells)
    assert lines[-1].startswith(f"{len(cells)} cells x 3 repetitions")
    assert re.search(r"\d s\b", lines[-1])
    assert not out.exists()
    assert list(bench.cwd.iterdir()) == []


@pytest.mark.parametrize(
    "given, name",
    [
        ({}, "cpu/fork-ipc/cores:1/workers:1"),
        ({"job_us": 1000}, "cpu/fork-ipc/cores:1/workers:1"),
        ({"job_us": "1e3"}, "cpu/fork-ipc/cores:1/workers:1"),
        ({"job_us": 100}, "cpu/fork-ipc/job-us:100/cores:1/workers:1"),
        ({"spread": 0.5}, "cpu/fork-ipc/spread:0.5/cores:1/workers:1"),
        ({"size": 50}, "cpu/fork-ipc/size:50/cores:1/workers:1"),
        ({"depth": 4}, "cpu/fork-ipc/depth:4/cores:1/workers:1"),
        ({"pin": "no"}, "cpu/fork-ipc/cores:1/workers:1"),
        ({"pin": "yes"}, "cpu/fork-ipc/pin:yes/cores:1/workers:1"),
        ({"workers": 3}, "cpu/fork-ipc/cores:1/workers:3"),
        (
            {"kernel": "primes", "depth": 4},
            "cpu/fork-ipc/kernel:primes/depth:4/cores:1/workers:1",
        ),
        ({"param": "spread=1"}, "cpu/fork-ipc/spread:1/cores:1/workers:1"),
    ],
    ids=str,
)
def test_a_name_holds_what_is_not_the_default(
    bench: Bench, given: dict[str, Any], name: str
) -> None:
    flags = small(scenario="cpu", model="fork-ipc", dry_run=True, **given)
    assert output(bench, *flags).splitlines()[:-1] == [name]


def test_doubles_are_dropped(bench: Bench) -> None:
    options = {"scenario": "cpu", "cores": "1,1", "workers": "1,2,1"}
    flags = small(model="all,sequential,s*", **options)
    lines = output(bench, *flags, "--dry-run").splitlines()[:-1]
    assert len(lines) == len(set(lines)) == 2 * len(MODELS) - 2


def test_pinned_and_unpinned_cells_are_two(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = small(model="prefork", reps=1, pin="no,yes", out=out)
    assert bench.run(*flags).code == 0
    found = {one["name"]: one["model_params"]["pin"] for one in records(out)}
    assert found == {
        "null/prefork/cores:1/workers:1": "no",
        "null/prefork/pin:yes/cores:1/workers:1": "yes",
    }


def test_json_alone_on_stdout(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    found = bench.run(*small(format="json", reps=2, out=out))
    assert found.code == 0
    assert strict(found.out) == strict((out / "results.json").read_text())
    assert found.err == f"{out / 'results.json'}\n"


def test_csv_alone_on_stdout(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    found = bench.run(*small(format="csv", reps=3, out=out))
    assert found.code == 0
    rows = list(csv.DictReader(io.StringIO(found.out)))
    entries = records(out)
    assert [row["name"] for row in rows] == [one["name"] for one in entries]
    for row, entry in zip(rows, entries, strict=True):
        assert float(row["real_time"]) == entry["real_time"]
        assert None not in row and None not in row.values()
    assert found.err == f"{out / 'results.json'}\n"


@pytest.mark.parametrize(
    "form, rule", [("table", "sequential "), ("markdown", "| ---")]
)
def test_text_ends_with_the_path(
    bench: Bench, tmp_path: Path, form: str, rule: str
) -> None:
    out = tmp_path / "run"
    found = bench.run(*small(format=form, out=out))
    assert (found.code, found.err) == (0, "")
    assert any(line.startswith(rule) for line in found.out.splitlines())
    assert found.last_line == str(out / "results.json")


def test_a_report_speaks_the_same_formats(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "run"
    for form in ("table", "json", "csv", "markdown"):
        run_said = bench.run(*small(format=form, out=out / form)).out
        flags = ["--no-report", f"--format={form}"]
        assert output_of_report(bench, out / form, flags) == run_said


def test_two_runs_are_compared_and_thresholds_decide_the_exit(
    bench: Bench, tmp_path: Path
) -> None:
    passed = "--fail-if=*.*.jobs_per_second>0"
    found = bench.run(*small(out=tmp_path / "a"), passed)
    assert found.code == 99 and " has " in found.err
    assert bench.run(*small(out=tmp_path / "b"), "--fail-if=x.y.z<1").code == 2
    found = bench.run(*small(out=tmp_path / "c"), "--fail-if=fast")
    assert found.code == 2 and "got 'fast'" in found.err
    assert not (tmp_path / "c").exists()
    a, b = str(tmp_path / "a"), str(tmp_path / "b" / "results.json")
    found = bench.run("compare", a, b, "--fail-over=5%", "--format=markdown")
    assert found.code == 0 and "### Jobs per second, " in found.out
    held = "--fail-if=*.*.jobs_per_second<=0"
    assert bench.run("report", a, "--no-report", held).code == 0
    assert bench.run("report", a, "--no-report", held, passed).code == 99


def output_of_report(bench: Bench, out: Path, flags: list[str]) -> str:
    found = bench.run("report", str(out), *flags)
    assert found.code == 0
    return found.out
