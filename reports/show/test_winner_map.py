"""The winner map: every field says what the verdicts say, doubt included."""

from reports.show.winner_map import winner_map
from reports.testing.judging import changed, run_of


def rows_of(*where, **options):
    """Of the first measure."""
    return next(iter(winner_map(run_of(*where, **options), {}).measures.values()))


def named(field):
    return [mark.name for mark in field.marks]


def test_equal_models_stand_together_with_their_marks(cpu):
    found = winner_map(cpu, {})
    assert found.columns == ("1 core", "2 cores")
    measures = ["jobs per second", "CPU per job", "peak memory", "start-up time"]
    assert [*found.measures] == measures
    (work, null), prices, _, _ = found.measures.values()
    one, two = work.fields
    assert (one.kind, named(one)) == ("equal", ["all 5"])
    assert named(two) == ["thread-pool", "prefork", "fork-ipc"]
    assert [mark.glyph for mark in two.marks] == ["▲", "◆", "✖"]
    assert (
        two.text.startswith("equal within ")
        and ", each at least 1.99 times" in two.text
    )
    # Its most telling measure is another one, and stands beside its name.
    assert null.measure == "CPU per job" and prices == [null]
    assert (null.fields[0].kind, named(null.fields[0])) == ("wins", ["sequential"])
    assert null.fields[0].text == "event-loop 1.50 times as much (1.49 to 1.51)"


def test_doubt_is_in_the_map_and_names_nobody_without_a_verdict(tmp_path):
    (noisy,) = rows_of(tmp_path / "a", "cpu", noise=0.2, cores=(2,))
    (field,) = noisy.fields
    assert field.kind == "undecided" and field.text.startswith("undecided (")
    for text, options in (
        ("too few rounds", {"repetitions": 5}),
        ("not judged", {"context": {"build_type": "asan"}}),
    ):
        (row,) = rows_of(tmp_path / text, "cpu", cores=(2,), **options)
        assert (row.fields[0].text, row.fields[0].marks) == (text, ())
    flags = {"event-loop": ["generator-bound"]}
    closed = rows_of(tmp_path / "c", "http", flags=flags)[0]
    assert "event-loop" in named(closed.fields[0])
    # The generator shared the CPUs of two cores: no rate is anybody's own.
    assert [field.text for field in closed.fields] == [
        "undecided: load generator too slow",
        "not compared",
    ]


def test_settings_are_rows_and_other_measures_stand_apart(tmp_path):
    options = {"in_flight": (10, 100), "cores": (1,)}
    found = winner_map(run_of(tmp_path / "a", "io", **options), {})
    rates, prices, _, starts = found.measures.values()
    titles = ["5 ms io jobs, 10 in flight", "5 ms io jobs, 100 in flight"]
    assert [row.title for row in rates] == titles
    assert {row.measure for row in rates} == {"jobs per second"}
    assert {row.measure for row in prices} == {"CPU per job"}
    assert [row.title for row in starts] == titles
    mixed = rows_of(tmp_path / "b", "mixed", shares=(0, 50), cores=(2,))
    assert mixed[1].title == "10 ms mixed jobs, 8 in flight, 50 % compute"
    assert winner_map(run_of(tmp_path / "c", "cpu", models=("prefork",)), {}) is None


def test_memory_and_start_up_are_won_only_by_whom_they_are_known_of(tmp_path):
    def unseen(entry):
        """event-loop: half the memory of the others; unknown once of sequential."""
        less = 1 + (entry["model"] != "event-loop")
        entry["peak_pss_bytes"] = less * 2**22 + 4096 * entry["round"]
        if entry["model"] == "sequential" and entry["round"] == 3:
            entry["peak_pss_bytes"] = None
        return entry

    run = changed(run_of(tmp_path, "cpu", cores=(2,)), unseen)
    ((row,), (start,)) = [*winner_map(run, {}).measures.values()][1:]
    assert (row.measure, row.fields[0].kind) == ("peak memory", "wins")
    assert named(row.fields[0]) == ["event-loop"]
    assert ", not known of sequential" in row.fields[0].text
    assert "times as much (" in row.fields[0].text
    assert start.fields[0].text.startswith("event-loop ") and named(start.fields[0])
    assert "times as long (" in start.fields[0].text
