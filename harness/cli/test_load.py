"""./bench load: loops, rates, shares, idle connections, what it reports."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.testing.command_line import Bench, wait_until
from harness.testing.load import PROBE, SHORT, load, only, server_process, short_but
from harness.testing.raw_server import Connection, RawServer, always, answer


def test_a_closed_loop_and_its_table(bench: Bench) -> None:
    with RawServer(always(answer())) as server:
        report = load(bench, server.url, "--expect-body=Hello, World!")
        only(report, "ok")
        assert report["opened"] == 4
        assert report["naive"] is None and report["late_p99_seconds"] is None
        table = bench.run("load", server.url, *SHORT)
    assert table.code == 0
    for row in ("requests/s", "from the send", "0 timed out", "generator", "4 opened"):
        assert row in table.out
    assert table.err == ""  # no terminal, no progress


def test_an_open_loop_and_its_table(bench: Bench) -> None:
    with RawServer(always(answer())) as server:
        report = load(bench, server.url, "--rate=200", "--duration=0.5s")
        assert report["sent"] == 100
        assert report["offered_per_second"] == 200
        assert report["latency"]["from"] == "intended send"
        assert report["naive"]["count"] == 100
        assert report["late_p99_seconds"] >= 0
        table = bench.run("load", server.url, "--rate=200", *SHORT)
    assert table.code == 0
    assert "from the intended send time" in table.out
    assert "naive (from the actual send)" in table.out


def test_poisson_arrivals_depend_on_the_seed_alone(bench: Bench) -> None:
    with RawServer(always(answer())) as server:
        flags = ("--rate=500", "--arrival=poisson", "--duration=0.4s")
        sent = [
            load(bench, server.url, *flags, f"--seed={seed}")["sent"]
            for seed in (1, 1, 2, 3, 4)
        ]
    assert sent[0] == sent[1]
    assert len(set(sent)) > 1


def test_shares_of_targets(bench: Bench) -> None:
    seen: Counter[str | None] = Counter()

    def serve(connection: Connection) -> None:
        while (target := connection.request()) is not None:
            seen[target] += 1
            connection.send(answer(target.encode()))

    with RawServer(serve) as server:
        report = load(
            bench,
            server.url + "cheap?a=1",
            "--rate=1000",
            "--expect-body=/cheap?a=1",
            "--also=/dear@0.1",
            "--timeline=100ms",
            "--warmup=0s",
        )
    only(report, "ok")
    cheap, dear = report["groups"]
    assert (cheap["target"], dear["target"]) == ("/cheap?a=1", "/dear")
    assert seen == {"/cheap?a=1": cheap["count"], "/dear": dear["count"]}
    assert 10 < dear["count"] < 60  # of 300, by the seed
    assert sum(report["timeline"]["count"]) == cheap["count"]


def test_l07_idle_connections_are_held_in_silence(bench: Bench) -> None:
    silent = Counter[bool]()

    def serve(connection: Connection) -> None:
        asked = connection.request() is not None
        silent[not asked] += 1
        if asked:
            connection.send(answer())
            always(answer())(connection)

    with RawServer(serve) as server:
        report = load(bench, server.url, "--idle-connections=100")
        # Threads see the end of their connections one after another.
        wait_until("all have gone", lambda: sum(silent.values()) == 104 + PROBE)
    only(report, "ok")
    assert report["opened"] == 104
    assert silent == {True: 100 + PROBE, False: 4}


def test_a_connection_for_each_request(bench: Bench) -> None:
    with RawServer(always(answer())) as server:
        report = load(bench, server.url, "--no-keep-alive", "--rate=100")
        only(report, "ok")
        assert report["opened"] == server.accepted - PROBE
    assert report["opened"] >= report["sent"] == 30


def test_the_server_is_measured(bench: Bench) -> None:
    with server_process(every=1_000_000) as (process, url):
        report = load(bench, url, f"--server-pid={process.pid}")
    use = report["server"]
    assert use["processes"] == 1
    assert use["threads"] >= 2
    assert use["cpu_user_seconds"] + use["cpu_system_seconds"] > 0
    assert use["max_process_cpu_seconds"] == pytest.approx(
        use["cpu_user_seconds"] + use["cpu_system_seconds"]
    )
    assert use["rss_bytes"] >= use["pss_bytes"] > 0


def test_ipv6(bench: Bench) -> None:
    with RawServer(always(answer()), host="::1") as server:
        only(load(bench, server.url), "ok")


def test_headers_and_a_body(bench: Bench) -> None:
    seen: set[bytes] = set()

    def serve(connection: Connection) -> None:
        while connection.request() is not None:
            seen.add(connection.head + b"|" + connection.body(5))
            connection.send(answer())

    with RawServer(serve) as server:
        flags = ("--method=PUT", "--header=X-A: 1", "--header=X-B: 2", "--data=hello")
        only(load(bench, server.url, *flags), "ok")
    (request,) = seen
    assert (
        request
        == (
            f"PUT / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Content-Length: 5\r\nX-A: 1\r\nX-B: 2|hello"
        ).encode()
    )


def test_a_slow_rate_keeps_its_digits(bench: Bench) -> None:
    with RawServer(always(answer())) as server:
        found = bench.run(
            "load", server.url, *short_but("--rate=4", "--duration=1s", "--warmup=0s")
        )
    assert found.code == 0
    assert found.out.startswith("requests/s   4.00 of 4 (open loop)\n")
