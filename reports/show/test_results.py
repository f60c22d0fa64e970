"""results.json: its schema, its atomic write, and compare.py of others."""

import copy
import json
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


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(
    "options",
    [
        {"models": [*SKETCHES], "job_us": (100, 1000), "scenarios": ("cpu",)},
        {"scenarios": ("io", "mixed", "pool"), "tune": {"thread-pool": (2, 50)}}
        | {"shares": (0, 50), "in_flight": (10,), "models": FIVE[:3]},
        {"limit": 0},
        {"limit": 33, "failed": {"prefork": "worker 1 was killed by SIGSEGV"}},
        {"skipped": {"fork-ipc": "needs 2 cores"}, "control": 1.1},
        {"context": {"build_type": "debug", "noise_floor": 0.05, "git_commit": None}},
        {"scenarios": ("http", "head-of-line"), "skipped": {"node": "not installed"}}
        | {"requests": {"peers": ("nginx", "node"), "floor": True}, "repetitions": 1},
    ],
)
def test_every_run_validates(tmp_path, validator, options):
    found = run.load(make_run(tmp_path, **{"repetitions": 6, **options}))
    document = json.loads(results.write(found).read_text())
    assert [error.message[:200] for error in validator.iter_errors(document)] == []


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    options = {"models": FIVE[:4], "repetitions": 9, "failed": {"thread-pool": "hung"}}
    found = run_of(tmp_path_factory.mktemp("good"), "cpu", **options)
    return json.loads(results.write(found).read_text())


@pytest.mark.parametrize(
    "of, change",
    [
        ("", {"verdicts": None}),
        ("ok", {"real_time": None}),
        ("ok", {"status": "fine"}),
        ("ok", {"params": {"a": {"b": 1}}}),
        ("failed", {"real_time": 1.0}),
        ("failed", {"reason": None}),
        ("equal", {"word": "draws"}),
        ("equal", {"winner": "prefork"}),
        ("wins", {"winner": None}),
        ("wins", {"low": None}),
        ("wins", {"score": 1}),
    ],
)
def test_broken_documents_do_not_validate(good, validator, of, change):
    document = copy.deepcopy(good)
    assert not [*validator.iter_errors(document)]
    every = [*document["benchmarks"], *document["verdicts"], {**document, "word": ""}]
    named = (one for one in every if of in (one.get("status"), one.get("word")))
    one = next(named) if of else document
    one.update(change)
    assert [*validator.iter_errors(document)]


def test_a_bare_nan_is_never_written(tmp_path):
    found = run.load(make_run(tmp_path, limit=0))
    found.context["noise_floor"] = float("nan")
    with pytest.raises(ValueError):
        results.write(found)
    assert not (tmp_path / "results.json").exists()


def test_results_alone_are_a_run(tmp_path):
    """The verdicts of the file and of the lines it came from are the same."""
    directory = make_run(tmp_path, failed={"prefork": "hung"})
    path = results.write(run.load(directory))
    before = path.read_bytes()
    assert results.write(run.load(directory)).read_bytes() == before
    (directory / "environment.json").unlink()
    (directory / "runs.jsonl").unlink()
    for place in (directory, path):
        assert results.write(run.load(place)).read_bytes() == before
    # Broken ones are refused and kept.
    document = json.loads(before)
    document["benchmarks"][3]["jobs_per_second"] = None
    path.write_text(json.dumps(document))
    with pytest.raises(run.NotARun, match="status is ok"):
        run.load(directory)
    assert json.loads(path.read_text()) == document


@pytest.mark.skipif(not COMPARE.exists(), reason="libbenchmark-tools is missing")
def test_stock_compare_reads_two_runs_and_passes_over_failures(tmp_path):
    options = {"models": FIVE, "cores": (2,)}
    old = run_of(tmp_path / "old", "cpu", **options)
    new = run_of(tmp_path / "new", "cpu", **options, failed={"prefork": "hung"})
    partly = "cpu/thread-pool/cores:2/workers:2"

    def hang(entry):
        # The first one, so that compare.py cannot take the unit from it.
        here = entry["name"] == partly and entry["repetition_index"] in (0, 3)
        return fail(entry, "hung") if here else entry

    files = [results.write(old), results.write(changed(new, hang))]
    names = {cell.name for cell in old.cells} - {"cpu/prefork/cores:2/workers:2"}
    for two in (files, files[::-1]):
        command = ["/usr/bin/python3", COMPARE, "--no-color", "benchmarks", *two]
        text = subprocess.check_output(command, text=True, timeout=60)
        rows = re.findall(r"^(\S+)\s+[+-]\d+\.\d+\s", text, re.M)
        assert {*rows} == names | {"OVERALL_GEOMEAN"}
        assert rows.count(partly) == 8
        assert rows.count("cpu/sequential/cores:2/workers:1") == 10
