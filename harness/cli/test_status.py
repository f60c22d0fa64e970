"""bench serve tells of itself: /metrics, /status.json, /status; and its limits."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from concurrent import futures
from typing import Any

import pytest

from harness.testing import processes
from harness.testing.command_line import MODELS, Bench, wait_until
from harness.testing.hosts import Served, ask, body, left_of, serving, status, works

PASSING = ["prefork/round-robin", "prefork/least-loaded"]
SUMS = ("requests", "errors", "bytes", "connections")


def status_with(served: Served, what: str, condition: Any) -> dict[str, Any]:
    """The first that fulfils it; the board is some 0.25 s late."""
    found: dict[str, Any] = {}

    def holds() -> bool:
        found.update(status(served))
        return bool(condition(found))

    wait_until(what, holds, pause=0.05)
    return found


def test_promtool_finds_nothing_to_mend(bench: Bench) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool comes with Debian's package prometheus")
    with serving(bench, "--model=prefork/round-robin", "--workers=2") as served:
        assert works(served)
        text = body(served, "/metrics")
    done = subprocess.run(
        [promtool, "check", "metrics"], input=text, text=True, capture_output=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("model", [*MODELS, "prefork/reuseport", *PASSING])
def test_metrics_are_those_of_all_workers(bench: Bench, model: str) -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    with serving(bench, f"--model={model}", "--connections=8") as served:
        for _ in range(20):
            assert works(served)
        assert ask(served.port, "/nowhere").startswith(b"HTTP/1.1 404 ")
        seen = status_with(
            served, "requests are counted", lambda one: one["requests"] >= 21
        )
        text = body(served, "/metrics")
        assert served.stop().code == 0
    assert seen["errors"] == 1
    assert seen["bytes"] >= 20 * len("Hello, World!")
    assert seen["connections"] >= 21
    assert seen["open_connections"] <= 8
    assert sum(one["requests"] for one in seen["workers"]) == seen["requests"]
    assert all(one["memory_bytes"] > 1e5 for one in seen["workers"])
    assert {one["state"] for one in seen["workers"]} == {"serving"}
    families = {one.name: one for one in parser.text_string_to_metric_families(text)}
    value = {name: one.samples[0].value for name, one in families.items()}
    assert value["bench_requests"] >= 21
    assert value["bench_errors"] == 1
    assert value["bench_generation"] == 1
    assert families["bench_info"].samples[0].labels == {"model": model}
    assert families["bench_requests"].type == "counter"
    workers = families["bench_worker_requests"].samples
    assert len({one.labels["thread"] for one in workers}) == len(workers)
    assert len(workers) >= len(seen["workers"])


def test_a_page_is_read_not_written(bench: Bench) -> None:
    with serving(bench) as served:
        for target in ("/metrics", "/status", "/status.json"):
            head, _, rest = ask(served.port, target, "HEAD").partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ") and rest == b""
            refused = ask(served.port, target, "DELETE")
            assert refused.startswith(b"HTTP/1.1 405 ")
            assert b"\r\nAllow: GET, HEAD\r\n" in refused


def test_without_admin_there_is_nothing_to_see(bench: Bench) -> None:
    with serving(bench, "--no-admin") as served:
        for target in ("/metrics", "/status", "/status.json"):
            assert ask(served.port, target).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("model", ["event-loop", "prefork"])
def test_sums_never_fall(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}", "--workers=2") as served:
        before = status(served)
        for event in ("kill", "reload") * 2:
            for _ in range(10):
                assert works(served)
            server = left_of(served)
            victim = (processes.children(server) or [server])[0]
            if event == "kill":
                os.kill(victim, signal.SIGKILL)
                wait_until("it is gone", lambda: not processes.command(victim))
            else:
                served.process.send_signal(signal.SIGHUP)
                left_of(served, server)
            wait_until("somebody answers", lambda: works(served))
            now = status(served)
            assert all(now[name] >= before[name] for name in SUMS), (before, now)
            before = now
        seen = status_with(
            served, "reloads are counted", lambda one: one["reloads"]["done"] == 2
        )
        assert seen["replaced"]["crashed"] == 2
        assert sum(seen["replaced"].values()) == 2
        # What a worker had not yet said when it was killed went with it.
        assert seen["requests"] >= 40
        assert served.stop().code == 0


@pytest.mark.parametrize("model", ["event-loop", "prefork"])
def test_a_hung_worker_is_told_apart(bench: Bench, model: str) -> None:
    with serving(bench, f"--model={model}", "--health-ms=1s") as served:
        server = left_of(served)
        os.kill((processes.children(server) or [server])[0], signal.SIGSTOP)
        seen = status_with(
            served, "it is replaced", lambda one: one["replaced"]["hung"] == 1
        )
        assert sum(seen["replaced"].values()) == 1
        assert served.stop().code == 0


def test_a_reload_that_fails_is_counted(bench: Bench) -> None:
    config = bench.cwd / "serve.conf"
    config.write_text("workers = 2\n")
    with serving(bench, "--model=prefork", f"--config={config}") as served:
        config.write_text("workers = many\n")
        served.process.send_signal(signal.SIGHUP)
        seen = status_with(
            served, "it is counted", lambda one: one["reloads"]["failed"] == 1
        )
        assert (seen["generation"], seen["reloads"]["done"]) == (1, 0)
        assert served.stop().code == 0


@pytest.mark.parametrize("model", ["event-loop", "thread-pool", "fork-ipc"])
def test_after_so_many_requests_another_generation_follows(
    bench: Bench, model: str
) -> None:
    flags = [f"--model={model}", "--workers=2", "--max-requests=100"]
    with serving(bench, *flags) as served:
        former = left_of(served)
        assert generation_after(served, former, "requests") == 2
        done = served.stop()
    assert done.code == 0
    assert "--max-requests; another generation follows" in done.err


def test_who_has_too_much_memory_is_replaced(bench: Bench) -> None:
    with serving(bench, "--max-rss=1") as served:
        assert generation_after(served, left_of(served), "memory") >= 2
        done = served.stop()
    assert done.code == 0
    assert "bytes of memory, more than --max-rss" in done.err


def generation_after(served: Served, former: int, cause: str) -> int:
    """The one that follows for this cause; until then nobody is refused."""
    seen: dict[str, Any] = {}

    def replaced() -> bool:
        assert works(served)
        seen.update(status(served))
        return seen["replaced"][cause] > 0 and seen["generation"] > 1

    wait_until("another generation serves", replaced, pause=0)
    left_of(served, former)
    return int(seen["generation"])


def test_who_finds_the_queue_full_is_told_so(bench: Bench) -> None:
    flags = ["--model=fork-ipc", "--workers=1", "--max-queue=1"]
    with serving(bench, *flags) as served, futures.ThreadPoolExecutor() as others:
        slow = "/io?ms=3000"
        first = others.submit(ask, served.port, slow)
        status_with(served, "it has a process", lambda one: one["away"] == 1)
        second = others.submit(ask, served.port, slow)
        status_with(served, "it waits", lambda one: one["queued"] == 1)
        refused = ask(served.port, slow)
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 1\r\n" in refused
        assert body(served, "/health") == "ok\n", "what needs no process is answered"
        for one in (first, second):
            assert one.result().startswith(b"HTTP/1.1 200 ")
        seen = status_with(served, "both are done", lambda one: one["away"] == 0)
        assert (seen["rejected"], seen["queued"]) == (1, 0)
        assert sorted(one["jobs"] for one in seen["workers"]) == [0, 2]
        assert served.stop().code == 0


@pytest.mark.parametrize(
    "flag, takes",
    [
        ("--max-rss=0", "--max-rss"),
        ("--max-requests=none", "--max-requests"),
        ("--max-queue=1", "--max-queue"),  # the default model has none
    ],
)
def test_limits_are_numbers_of_what_the_model_has(
    bench: Bench, flag: str, takes: str
) -> None:
    done = bench.run("serve", flag)
    assert done.code == 2
    assert f"{takes} takes" in done.err and ", got '" in done.err
    assert len(done.err.splitlines()) == 1


def test_the_page_shows_a_worker_in_the_place_of_a_killed_one(bench: Bench) -> None:
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium or chromedriver is missing")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("headless=new", "no-sandbox", "disable-gpu"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = pytest.importorskip("selenium.webdriver.chrome.service").Service
    with serving(bench, "--model=prefork", "--workers=2") as served:
        browser = webdriver.Chrome(options=options, service=service(driver))
        try:
            browser.get(served.url("/status"))

            def rows() -> list[str]:
                # In one go: the page makes them anew each second.
                lines = "[...document.querySelectorAll('#workers tr')]"
                return browser.execute_script(
                    f"return {lines}.map((one) => one.textContent)"
                )

            wait_until("all are shown", lambda: len(rows()) == 3, pause=0.1)
            victim = processes.children(left_of(served))[0]
            os.kill(victim, signal.SIGKILL)
            wait_until(
                "another one is shown, and why",
                lambda: len(rows()) == 3
                and not any(str(victim) in one for one in rows())
                and "1 crashed" in browser.execute_script("return sums.textContent"),
                pause=0.1,
            )
            assert browser.get_log("browser") == []
        finally:
            browser.quit()
        assert served.stop().code == 0
    with contextlib.suppress(ChildProcessError):
        while True:  # those of the browser have come to us
            os.waitpid(-1, 0)
