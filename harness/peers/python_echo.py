"""Python as a peer of scenario messages: bytes to somebody who sends them back.

    python3 python_echo.py pipe|processes|threads BYTES DEPTH CPU CPU

`pipe` is a multiprocessing.Pipe to a process; the other two are pools of one
worker of concurrent.futures. Each line on stdin says how often, and a line on
stdout that the last answer has come. The CPUs are for this side and for the
other one.
"""

import collections
import concurrent.futures
import multiprocessing
import os
import sys


def echo(message: bytes) -> bytes:
    return message


def bind(cpu: int) -> None:
    os.sched_setaffinity(0, {cpu})


class Pipe:
    """As multiprocessing has it, without pickling."""

    def __init__(self, cpu: int) -> None:
        self.line, its = multiprocessing.Pipe()
        self.child = multiprocessing.Process(
            target=self.answer, args=(its, cpu), daemon=True
        )
        self.child.start()

    @staticmethod
    def answer(line, cpu: int) -> None:
        bind(cpu)
        while True:
            line.send_bytes(line.recv_bytes())

    def send(self, message: bytes) -> None:
        self.line.send_bytes(message)

    def receive(self) -> bytes:
        return self.line.recv_bytes()


class Pool:
    """submit() and result() of concurrent.futures."""

    def __init__(self, kind: type, cpu: int) -> None:
        self.pool = kind(1, initializer=bind, initargs=(cpu,))
        self.futures = collections.deque()

    def send(self, message: bytes) -> None:
        self.futures.append(self.pool.submit(echo, message))

    def receive(self) -> bytes:
        return self.futures.popleft().result()


def main(way: str, size: str, depth: str, here: str, there: str) -> None:
    if way == "pipe":
        other = Pipe(int(there))
    elif way == "processes":
        other = Pool(concurrent.futures.ProcessPoolExecutor, int(there))
    else:
        other = Pool(concurrent.futures.ThreadPoolExecutor, int(there))
    bind(int(here))
    message = b"a" * int(size)
    for line in sys.stdin:
        turns = int(line)
        sent = 0
        for received in range(turns):
            while sent < min(turns, received + int(depth)):
                other.send(message)
                sent += 1
            other.receive()
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
