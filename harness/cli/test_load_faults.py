"""./bench load against servers that stall, lie, hang up or are not there."""

from __future__ import annotations

import re
import signal
import time
from typing import Any

import pytest

from harness.testing.command_line import Bench, strict
from harness.testing.load import (
    FATES,
    PROBE,
    SHORT,
    load,
    only,
    quantile,
    short_but,
    server_process,
)
from harness.testing.raw_server import (
    HELLO,
    Connection,
    RawServer,
    always,
    answer,
    once,
)


def test_l01_a_stall_is_seen_whole(bench: Bench) -> None:
    """500 requests/s for 2 s meet a stall of 0.4 s: for 200 of 1000, the
    latencies go down from 0.4 s to nothing. The naive figure sees the few that
    were on their way."""
    with server_process(every=300) as (process, url):
        running = bench.start(
            "load",
            url,
            "--format=json",
            "--rate=500",
            "--duration=2s",
            "--connections=8",
            "--warmup=0.1s",
            "--timeout=20s",
        )
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.4)
        process.send_signal(signal.SIGCONT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    report = strict(out)
    assert report["sent"] == 1000 == sum(report[fate] for fate in FATES)
    true, naive = report["latency"]["histogram"], report["naive"]["histogram"]
    assert quantile(true, 0.89) >= 0.1
    assert quantile(true, 0.99) >= 0.3
    assert quantile(naive, 0.89) < quantile(true, 0.89) / 2
    assert report["naive"]["max"] >= 0.3  # the few


def test_l03_who_never_answers(bench: Bench) -> None:
    def serve(connection: Connection) -> None:
        while connection.request() is not None:
            pass

    with RawServer(serve) as server:
        report = load(bench, server.url, "--timeout=100ms", code=1)
        only(report, "timed_out")
        assert report["latency"]["p50"] == pytest.approx(0.1, rel=1e-3)
        assert report["latency"]["max"] == 0.1
        assert report["opened"] == server.accepted - PROBE


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
OPEN_END = b"HTTP/1.0 200 OK\r\n\r\n" + HELLO
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nHello\r\n8;x=y\r\n, World!\r\n0\r\n\r\n"
)


@pytest.mark.parametrize(
    "serve, kept",
    [
        (always(CHUNKED), True),
        (always(CONTINUE + answer()), True),
        (always(answer(head="Connection: keep-alive\r\n", version="1.0")), True),
        (once(answer(version="1.0")), False),
        (once(answer(head="Connection: close\r\n")), False),
        (once(OPEN_END), False),
    ],
    ids=["chunked", "continue", "1.0 kept", "1.0", "close", "open end"],
)
def test_l05_forms_of_answers(bench: Bench, serve: Any, kept: bool) -> None:
    with RawServer(serve) as server:
        report = load(bench, server.url, "--expect-body=Hello, World!")
    only(report, "ok")
    assert report["stale"] == 0
    assert (report["opened"] == 4) == kept
    assert kept or report["opened"] >= report["sent"]


def test_l05_byte_by_byte(bench: Bench) -> None:
    def serve(connection: Connection) -> None:
        while connection.request() is not None:
            for byte in CONTINUE + CHUNKED:
                connection.send(bytes([byte]))

    with RawServer(serve) as server:
        only(load(bench, server.url, "--expect-body=Hello, World!"), "ok")


def test_l05_head(bench: Bench) -> None:
    with RawServer(always(answer()[: -len(HELLO)])) as server:
        only(load(bench, server.url, "--method=HEAD"), "ok")


@pytest.mark.parametrize(
    "serve, fate",
    [
        (always(answer(b"Hello, world!")), "bad_body"),
        (always(answer(b"Hello")), "bad_body"),
        (once(answer(HELLO + b"!")[:-1]), "bad_body"),
        (always(answer() + b"!"), "bad_body"),
        (always(b"SSH-2.0-OpenSSH_9.2\r\n"), "bad_body"),
        (always(answer(status="503 Busy")), "bad_status"),
    ],
    ids=["wrong", "short", "cut", "surplus", "not HTTP", "status"],
)
def test_wrong_answers_end_with_3(bench: Bench, serve: Any, fate: str) -> None:
    with RawServer(serve) as server:
        report = load(bench, server.url, "--expect-body=Hello, World!", code=3)
    only(report, fate)


def test_another_status_may_be_right(bench: Bench) -> None:
    with RawServer(always(answer(status="404 No"))) as server:
        only(load(bench, server.url, "--expect-status=404"), "ok")


def test_resets(bench: Bench) -> None:
    def serve(connection: Connection) -> None:
        connection.request()
        connection.reset()

    with RawServer(serve) as server:
        report = load(bench, server.url, code=1)
    only(report, "reset")
    assert report["stale"] == 0


def test_l06_a_stale_connection_is_tried_once_more(bench: Bench) -> None:
    """The second request on each connection finds it closing."""

    def serve(connection: Connection) -> None:
        if connection.request() is not None:
            connection.send(answer())
            connection.request()

    with RawServer(serve) as server:
        report = load(bench, server.url)
    only(report, "ok")
    assert report["stale"] > 0
    assert report["opened"] >= report["stale"] + 4


def test_l06_who_closes_while_nothing_is_asked_is_found_out(bench: Bench) -> None:
    with RawServer(once(answer())) as server:
        report = load(bench, server.url, "--rate=50", "--connections=1")
    only(report, "ok")
    assert report["opened"] >= report["sent"]


def test_nobody_there(bench: Bench) -> None:
    with RawServer(always(answer())) as server:
        pass
    found = bench.run("load", server.url, *SHORT)
    assert (found.code, found.out) == (1, "")
    assert found.err == (
        f"bench: no server answers at 127.0.0.1:{server.port}: "
        "Connection refused (ECONNREFUSED)\n"
    )


def test_who_goes_away_in_the_middle(bench: Bench) -> None:
    with RawServer(lambda connection: serve(connection)) as server:
        answered = 0

        def serve(connection: Connection) -> None:
            nonlocal answered
            while connection.request() is not None:
                answered += 1
                if answered >= 50:
                    server.refuse()
                    return
                connection.send(answer())

        report = load(bench, server.url, "--warmup=0s", code=1)
    assert report["ok"] > 0
    assert report["reset"] > 0
    assert report["connect_failed"] > 0


def every_second(connection: Connection) -> None:
    for number in range(1_000_000):
        if connection.request() is None:
            return
        if number % 2 == 0:
            connection.send(answer())


def resets(connection: Connection) -> None:
    connection.request()
    connection.reset()


def tls(connection: Connection) -> None:
    """An alert of TLS 1.2: a record that was not expected, and the end."""
    connection.request()
    connection.send(bytes.fromhex("15030300020246"))


def ssh(connection: Connection) -> None:
    connection.send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    connection.request()


REDIRECT = answer(b"", "302 Found", "Location: /elsewhere\r\n")
TIMED_OUT = r"bench: of \d+ requests, \d+ timed out after 0.2 s"
HUNG_UP = r"bench: of \d+ requests, \d+ were hung up on"
LOST = r"bench: of \d+ requests, \d+ lost their connection"


@pytest.mark.parametrize(
    "serve, code, kind, status, sentence",
    [
        (every_second, 1, "timed_out", "200", TIMED_OUT),
        (resets, 1, "reset", None, LOST),
        (once(b""), 1, "closed_early", None, HUNG_UP),
        (always(REDIRECT), 3, "wrong_status", "302", ""),
        (tls, 3, "not_http", None, ""),
        (ssh, 3, "not_http", None, ""),
        (once(answer()[:20]), 3, "cut_head", None, ""),
        (once(answer()[:-3]), 3, "cut_body", None, ""),
        (always(answer(b"Bye")), 3, "wrong_body", "200", ""),
    ],
    ids="second reset closed redirect tls ssh cut-head cut-body wrong-body".split(),
)
def test_what_went_wrong_is_told(
    bench: Bench, serve: Any, code: int, kind: str, status: str | None, sentence: str
) -> None:
    flags = short_but("--timeout=200ms", "--expect-body=Hello, World!")
    with RawServer(serve) as server:
        report = load(bench, server.url, *flags, code=code)
        table = bench.run("load", server.url, *flags)
    assert report["failures"][kind] > 0
    failed = sum(report["failures"].values())
    # A connection that ends may end the one byte later that another test wants.
    assert report["failures"][kind] >= 0.9 * failed
    assert set(report["statuses"]) == ({status} if status else set())
    assert table.code == code
    assert re.search(rf"^failures .*{kind.replace('_', ' ')}: \d+", table.out, re.M)
    assert not status or re.search(rf"^status +{status}: \d+", table.out, re.M)
    assert re.fullmatch(sentence + r"[^\n]*\n" if sentence else "", table.err)


def test_who_was_refused_is_told(bench: Bench) -> None:
    def serve(connection: Connection) -> None:
        server.refuse()

    with RawServer(serve) as server:
        report = load(bench, server.url, code=1)
    assert report["failures"]["refused"] > 0


def test_answers_longer_than_the_window(bench: Bench) -> None:
    def serve(connection: Connection) -> None:
        while connection.request() is not None:
            time.sleep(1.2)
            connection.send(answer())

    flags = short_but("--duration=0.5s", "--warmup=0.1s")
    with RawServer(serve) as server:
        found = bench.run("load", server.url, *flags)
        report = load(bench, server.url, *flags, code=1)
    assert found.code == 1
    assert found.err == (
        "bench: no request began in the window of 0.5 s, because those before it had "
        "no answer yet; a longer --duration would see some\n"
    )
    assert report["sent"] == 0
