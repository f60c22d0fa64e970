"""results.json: its schema, its atomic write, and compare.py of others."""

import copy
import json
import os
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest

from reports.data import run
from reports.show import results
from reports.testing import FIVE, SKETCHES, fail, make_run
from reports.testing.judging import changed, run_of

SCHEMA = Path(__file__).parents[2] / "harness/sweep/results.schema.json"
COMPARE = Path("/usr/share/benchmark/compare.py")
PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def complaints(validator, document):
    return [
        f"{list(e.path)}: {e.message[:200]}" for e in validator.iter_errors(document)
    ]


def written(directory):
    return json.loads(results.write(run.load(directory)).read_text())


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"models": [*SKETCHES], "job_us": (100, 1000), "scenarios": ("cpu",)},
        {"scenarios": ("io", "mixed", "pool"), "tune": {"thread-pool": (2, 50)}}
        | {"shares": (0, 50), "in_flight": (10,), "models": FIVE[:3]},
        {"limit": 0},
        {"limit": 33},
        {"failed": {"prefork": "worker 1 was killed by SIGSEGV"}},
        {"skipped": {"fork-ipc": "needs 2 cores"}},
        {"flags": {"prefork": ["generator-bound", "probe-slow"]}, "control": 1.1},
        {"context": {"build_type": "debug", "noise_floor": 0.05, "git_commit": None}},
        {"scenarios": ("http", "head-of-line"), "skipped": {"node": "not installed"}}
        | {"requests": {"peers": ("nginx", "node"), "floor": True}, "repetitions": 1},
    ],
)
def test_every_run_validates(tmp_path, validator, options):
    document = written(make_run(tmp_path, **{"repetitions": 6, **options}))
    assert complaints(validator, document) == []


@pytest.fixture(scope="module")
def good(tmp_path_factory, validator):
    options = {"scenarios": ("cpu",), "models": FIVE[:4], "repetitions": 9}
    directory = tmp_path_factory.mktemp("good")
    document = written(make_run(directory, **options, failed={"thread-pool": "hung"}))
    assert complaints(validator, document) == []
    return document


def first(document, **wanted):
    return next(
        entry
        for entry in document["benchmarks"]
        if all(entry[key] == value for key, value in wanted.items())
    )


def ok(document):
    return first(document, status="ok", scenario="cpu")


def failed(document):
    return first(document, status="failed")


def wins(document):
    return next(v for v in document["verdicts"] if v["word"] == "wins")


def equal(document):
    return next(v for v in document["verdicts"] if v["word"] == "equal")


BREAKS = {
    "no verdicts": lambda d: d.pop("verdicts"),
    "no date": lambda d: d["context"].pop("date"),
    "a time missing": lambda d: ok(d).pop("real_time"),
    "a time null though ok": lambda d: ok(d).update(real_time=None),
    "a rate of zero": lambda d: ok(d).update(jobs_per_second=0),
    "no start-up time": lambda d: ok(d).update(start_seconds=None),
    "no digest": lambda d: ok(d).update(digest=None),
    "an unknown status": lambda d: ok(d).update(status="fine"),
    "an unknown unit": lambda d: ok(d).update(time_unit="ms"),
    "a nested parameter": lambda d: ok(d).update(params={"a": {"b": 1}}),
    "failed with a time": lambda d: failed(d).update(real_time=1.0),
    "failed without a reason": lambda d: failed(d).update(reason=None),
    "failed without the mark": lambda d: failed(d).pop("error_occurred"),
    "a fourth word": lambda d: equal(d).update(word="draws"),
    "a winner of equals": lambda d: equal(d).update(winner="prefork"),
    "wins without a winner": lambda d: wins(d).update(winner=None),
    "wins without an interval": lambda d: wins(d).update(low=None),
    "a verdict without its rounds": lambda d: wins(d).pop("rounds"),
    "an unknown key of a verdict": lambda d: wins(d).update(score=1),
}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda name: name.replace(" ", "-"))
def test_broken_documents_do_not_validate(good, validator, broken):
    document = copy.deepcopy(good)
    BREAKS[broken](document)
    assert next(validator.iter_errors(document), None)


def test_a_bare_nan_is_never_written(tmp_path):
    found = run.load(make_run(tmp_path, limit=0))
    found.context["noise_floor"] = float("nan")
    with pytest.raises(ValueError):
        results.write(found)
    assert sorted(os.listdir(tmp_path)) == ["environment.json", "runs.jsonl"]


def test_results_alone_are_a_run(tmp_path):
    """The verdicts of the file and of the lines it came from are the same."""
    directory = make_run(tmp_path, failed={"prefork": "hung"})
    before = results.write(run.load(directory)).read_bytes()
    assert results.write(run.load(directory)).read_bytes() == before
    (directory / "environment.json").unlink()
    (directory / "runs.jsonl").unlink()
    for path in (directory, directory / "results.json"):
        assert results.write(run.load(path)).read_bytes() == before


def test_broken_results_are_refused_and_kept(tmp_path):
    directory = make_run(tmp_path, repetitions=1)
    path = results.write(run.load(directory))
    (directory / "environment.json").unlink()
    document = json.loads(path.read_text())
    document["benchmarks"][3]["jobs_per_second"] = None
    path.write_text(json.dumps(document))
    before = path.read_bytes()
    with pytest.raises(run.NotARun, match="status is ok"):
        run.load(directory)
    assert path.read_bytes() == before


def compare(*files):
    """Stock compare.py as its users call it: exit code, and rows by name."""
    if not COMPARE.exists():
        pytest.skip("libbenchmark-tools is not installed")
    done = subprocess.run(
        [PYTHON, COMPARE, "--no-color", "benchmarks", *map(str, files)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    rows = {}
    for line in done.stdout.splitlines():
        if match := re.match(r"(\S+)\s+([+-]\d+\.\d+)\s", line):
            rows.setdefault(match[1], []).append(float(match[2]))
    return rows


def test_stock_compare_reads_two_runs_and_passes_over_failures(tmp_path):
    options = {"scenarios": ("cpu",), "cores": (2,)}
    old = results.write(run.load(make_run(tmp_path / "old", **options)))
    new = run_of(tmp_path / "new", "cpu", cores=(2,), failed={"prefork": "hung"})
    partly = "cpu/thread-pool/cores:2/workers:2"

    def hang(entry):
        # The first one, so that compare.py cannot take the unit from it.
        here = entry["name"] == partly and entry["repetition_index"] in (0, 3)
        return fail(entry, "hung") if here else entry

    new = results.write(changed(new, hang))
    for files in ((old, new), (new, old)):
        rows = compare(*files)
        names = {cell.name for cell in run.load(old).cells}
        wanted = names - {"cpu/prefork/cores:2/workers:2"} | {"OVERALL_GEOMEAN"}
        assert set(rows) == wanted
        assert len(rows[partly]) == 8
        assert len(rows["cpu/sequential/cores:2/workers:1"]) == 10


def test_a_null_time_of_an_iteration_would_stop_compare(tmp_path, good):
    """Why results.benchmark() marks failed repetitions: without that mark
    compare.py multiplies null. If it ever learns better, drop the mark."""
    document = copy.deepcopy(good)
    failed(document).update(run_type="iteration")
    path = tmp_path / "plain.json"
    path.write_text(json.dumps(document))
    with pytest.raises(AssertionError, match="NoneType"):
        compare(path, path)
