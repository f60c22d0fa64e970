"""./bench load refuses bad input with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from harness.testing.command_line import Bench

URL = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    "flags, takes, got",
    [
        ([URL, "--rate=-1"], "--rate takes a number from 0.001 to 10000000", "-1"),
        ([URL, "--rate=0"], "--rate takes a number from", "0"),
        ([URL, "--rate=nan"], "--rate takes a number from", "nan"),
        ([URL, "--rate=1e99"], "--rate takes a number from", "1e99"),
        ([URL, "--rate=many"], "--rate takes a number from", "many"),
        ([URL, "--rate="], "--rate takes a value", ""),
        ([URL, "--connections=0"], "--connections takes a whole number from 1", "0"),
        ([URL, "--connections=1.5"], "--connections takes a whole number", "1.5"),
        ([URL, "--duration=0"], "--duration takes a time from 0.01 to 3600 s", "0"),
        ([URL, "--duration=5h"], "--duration takes a time from", "5h"),
        ([URL, "--timeout=-1ms"], "--timeout takes a time from", "-1ms"),
        ([URL, "--threads=0"], "--threads takes a whole number from 1", "0"),
        ([URL, "--arrival=regular"], "--arrival takes one of", "regular"),
        ([URL, "--method=get"], "--method takes one of GET", "get"),
        ([URL, "--expect-status=99"], "--expect-status takes a whole", "99"),
        ([URL, "--also=/x"], "--also takes TARGET@SHARE", "/x"),
        ([URL, "--also=/x@1"], "--also takes TARGET@SHARE", "/x@1"),
        ([URL, "--also=/x@0.6", "--also=/y@0.6"], "--also takes", "/y@0.6"),
        ([URL, "--server-pid=4194304"], "--server-pid takes the id", "4194304"),
        ([URL, "--cpus=4096"], "--cpus takes ids of CPUs", "4096"),
        ([URL, "--cpus=a"], "--cpus takes a whole number", "a"),
        ([URL, "--timeline=1us"], "--timeline takes a time", "1us"),
        ([URL, "--format=csv"], "--format takes one of table, json", "csv"),
        (["https://127.0.0.1:9/"], "URL takes http://127", "https://127.0.0.1:9/"),
        (["http://10.0.0.1:9/"], "loopback only", "http://10.0.0.1:9/"),
        (["http://[::2]:9/"], "loopback only", "http://[::2]:9/"),
        (["http://[::1:9/"], "loopback only", "http://[::1:9/"),
        (["http://[::1]9/"], "loopback only", "http://[::1]9/"),
        ([URL, "--header=X"], "--header takes one line 'Name: value'", "X"),
        ([URL, "--header=X Y: 1"], "--header takes one line", "X Y: 1"),
        ([URL, "--header=Host: x"], "--header takes any but Host", "Host: x"),
        (["http://example.org/"], "loopback only", "http://example.org/"),
        (["http://127.0.0.1:0/"], "PORT from 1 to 65535", "http://127.0.0.1:0/"),
        (["http://127.0.0.1:70000"], "PORT from 1", "http://127.0.0.1:70000"),
        (["http://127.0.0.1:x/"], "PORT from 1", "http://127.0.0.1:x/"),
        (["http://127.0.0.1:9/a b"], "URL takes no white space", "a b"),
    ],
)
def test_bad_input(bench: Bench, flags: list[str], takes: str, got: str) -> None:
    found = bench.run("load", *flags)
    assert (found.code, found.out) == (2, "")
    assert found.err.count("\n") == 1
    assert takes in found.err
    assert got in found.err.rpartition("got")[2]


@pytest.mark.parametrize(
    "flags, words",
    [
        ([], "URL"),
        ([URL, "--fast"], "--fast"),
        ([URL, "http://x"], "not expected: http://x"),
    ],
)
def test_missing_and_unknown_words(bench: Bench, flags: Any, words: str) -> None:
    found = bench.run("load", *flags)
    assert (found.code, found.out) == (2, "")
    assert words in found.err
