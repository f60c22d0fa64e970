"""Messages between workers, seen from outside: what one is told, all know."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from http import client
from typing import Any

from harness.testing.command_line import Bench, wait_until
from harness.testing.hosts import Served, ask, body, left_of, serving, status

WORKERS = 4
WRITES = 1000


def cache(http: client.HTTPConnection, query: str = "") -> dict[str, Any]:
    http.request("PUT" if query else "GET", f"/cache{query}")
    answer = http.getresponse()
    assert answer.status == 200
    return dict(json.loads(answer.read()))


def by_worker(served: Served, stack: contextlib.ExitStack) -> dict[int, Any]:
    """A connection to each worker, as many as it takes."""
    found: dict[int, client.HTTPConnection] = {}

    def all_answer() -> bool:
        one = client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        stack.callback(one.close)
        found[cache(one)["process"]] = one
        return len(found) == WORKERS

    wait_until("each worker has a client", all_answer, pause=0)
    return found


def seat_of(served: Served, process: int) -> dict[str, Any]:
    return {one["process"]: one for one in status(served)["workers"]}[process]


def test_all_learn_of_all_writes_though_one_is_killed(bench: Bench) -> None:
    flags = ["--model=prefork", f"--workers={WORKERS}"]
    with serving(bench, *flags) as served, contextlib.ExitStack() as stack:
        workers = by_worker(served, stack)
        writer, victim, *others = workers
        for value in range(WRITES):
            written = cache(workers[writer], f"?value={value}")
            assert (written["epoch"], written["writer"]) == (value + 1, writer)
            if value == WRITES // 2:
                os.kill(victim, signal.SIGKILL)

        def count(process: int, what: str) -> int:
            return int(seat_of(served, process)[f"messages_{what}"])

        for one in (*others, left_of(served)):
            wait_until("it got all", lambda: count(one, "received") == WRITES)
        successors = by_worker(served, stack)
        assert set(successors) - set(workers) and victim not in successors
        for http in successors.values():
            wait_until("it knows", lambda: cache(http)["epoch"] == WRITES)
            assert cache(http)["value"] == WRITES - 1
        seen = status(served)
        assert seen["messages"]["sent"] == WRITES
        assert count(writer, "sent") == WRITES
        assert not any(count(one, "dropped") for one in others)
        metrics = body(served, "/metrics")
        assert f'bench_messages_total{{outcome="sent"}} {WRITES}\n' in metrics
        assert served.stop().code == 0


def test_what_is_no_write_is_refused(bench: Bench) -> None:
    with serving(bench) as served:
        for query in ("", "?value=x", "?value=1x", "?value=-1", "?valu"):
            answer = ask(served.port, f"/cache{query}", "PUT")
            assert answer.startswith(b"HTTP/1.1 400 "), query
        refused = ask(served.port, "/cache?value=1", "POST")
        assert refused.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: GET, HEAD, PUT\r\n" in refused
        assert '"epoch":0' in body(served, "/cache")
        assert served.stop().code == 0
