"""The winner map: every field says what the verdicts say, doubt included."""

from __future__ import annotations

from reports.data.run import load
from reports.show.winner_map import winner_map
from reports.testing import make_run


def map_of(directory, *scenarios, **options):
    return winner_map(load(make_run(directory, scenarios=scenarios, **options)), {})


def rows_of(directory, *scenarios, **options):
    """Of the first measure."""
    return next(iter(map_of(directory, *scenarios, **options).measures.values()))


def named(field):
    return [mark.name for mark in field.marks]


def test_equal_models_stand_together_with_their_marks(tmp_path):
    found = map_of(tmp_path, "cpu", "null")
    assert found.columns == ("1 core", "2 cores")
    assert [*found.measures] == ["jobs per second", "CPU per job"]
    (cpu, null), prices = found.measures.values()
    one, two = cpu.fields
    assert (one.kind, named(one)) == ("equal", ["all 5"])
    assert named(two) == ["thread-pool", "prefork", "fork-ipc"]
    assert [mark.glyph for mark in two.marks] == ["▲", "◆", "✖"]
    assert two.text.startswith("equal within ") and ", 1.98 times" in two.text
    # Its most telling measure is another one, and stands beside its name.
    assert null.measure == "CPU per job" and prices == [null]
    assert (null.fields[0].kind, named(null.fields[0])) == ("wins", ["sequential"])
    assert null.fields[0].text == "event-loop 1.50 times"


def test_doubt_is_in_the_map(tmp_path):
    (noisy,) = rows_of(tmp_path / "a", "cpu", noise=0.2, cores=(2,))
    (field,) = noisy.fields
    assert field.kind == "undecided" and field.text.startswith("undecided (")
    (few,) = rows_of(tmp_path / "b", "cpu", repetitions=5, cores=(2,))
    assert few.fields[0].text == "too few rounds"
    flags = {"event-loop": ["generator-bound"]}
    closed = rows_of(tmp_path / "c", "http", flags=flags)[0]
    assert "event-loop" in named(closed.fields[0])
    assert closed.fields[0].text == "only bounds"
    # The generator shared the CPUs of two cores: no rate is anybody's own.
    assert closed.fields[1].text == "not compared"


def test_what_is_not_judged_says_so_and_names_nobody(tmp_path):
    (row,) = rows_of(tmp_path, "cpu", cores=(2,), context={"build_type": "asan"})
    assert (row.fields[0].text, row.fields[0].marks) == ("not judged", ())


def test_settings_are_rows_and_other_measures_stand_apart(tmp_path):
    found = map_of(tmp_path / "a", "io", in_flight=(10, 100), cores=(1,))
    rates, prices = found.measures.values()
    titles = ["5 ms io jobs, 10 in flight", "5 ms io jobs, 100 in flight"]
    assert [row.title for row in rates] == titles
    assert {row.measure for row in rates} == {"jobs per second"}
    assert {row.measure for row in prices} == {"CPU per job"}
    mixed = rows_of(tmp_path / "b", "mixed", shares=(0, 50), cores=(2,))
    assert [row.title for row in mixed] == [
        "10 ms mixed jobs, 8 in flight, 0 % compute",
        "10 ms mixed jobs, 8 in flight, 50 % compute",
    ]
    assert map_of(tmp_path / "c", "cpu", models=("prefork",)) is None
