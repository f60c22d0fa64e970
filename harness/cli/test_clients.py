"""Clients that everybody has talk to every model: curl, ab, wrk, h2load."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from harness.testing.command_line import MODELS, Bench
from harness.testing.hosts import Served, serving

REQUESTS = 200


def call(*words: object) -> str:
    """What a client says; one that fails, fails the test."""
    words = tuple(map(str, words))
    if shutil.which(words[0]) is None:
        pytest.fail(f"{words[0]} is missing; scripts/setup --tests installs it")
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def curl(served: Served, _: int) -> None:
    assert call("curl", "-sS", served.url()) == "Hello, World!"
    body = call("curl", "-sS", "-X", "POST", "-d", "12345", served.url("/echo"))
    assert body == "12345"
    # Larger than what fits into one read, and announced by Expect.
    large = "x" * 300_000
    done = subprocess.run(
        ["curl", "-sS", "--data-binary", "@-", served.url("/echo")],
        input=large,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == large
    head = call("curl", "-sS", "-I", served.url("/bytes?n=70000"))
    assert "HTTP/1.1 200 OK" in head and "Content-Length: 70000" in head


def ab(served: Served, at_once: int) -> None:
    # It calls it a failure when a kept connection is closed on which nothing is
    # asked; where clients wait for the one worker, that lets the next one in.
    for flags in (("-c", 4), ("-c", at_once, "-k")):
        said = call("ab", "-q", "-n", REQUESTS, *flags, served.url())
        assert re.search(rf"Complete requests: +{REQUESTS}\n", said), said
        assert re.search(r"Failed requests: +0\n", said), said
        assert "Non-2xx" not in said, said


def wrk(served: Served, _: int) -> None:
    said = call("wrk", "-t1", "-c4", "-d1s", served.url())
    assert int(re.search(r"(\d+) requests in", said)[1]) > 0, said
    assert "Non-2xx" not in said and "Socket errors" not in said, said


def h2load(served: Served, _: int) -> None:
    said = call("h2load", "--h1", "-n", REQUESTS, "-c", 4, served.url())
    assert f"{REQUESTS} succeeded, 0 failed, 0 errored, 0 timeout" in said, said


@pytest.mark.parametrize("client", (curl, ab, wrk, h2load), ids=lambda c: c.__name__)
@pytest.mark.parametrize("model", MODELS)
def test_a_client_that_everybody_has(bench: Bench, model: str, client) -> None:
    with serving(bench, f"--model={model}", "--cores=1") as served:
        client(served, 1 if model == "sequential" else 4)
        assert served.stop().code == 0
