"""HTTP servers that behave as a test says, down to the byte; on 127.0.0.1.

Run as a program it is a plain one, in a process of its own, that prints its
port and then each NUMBER-th time that it has answered:

    python -m harness.testing.raw_server NUMBER
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from typing import Callable

HELLO = b"Hello, World!"


def answer(
    body: bytes = HELLO, status: str = "200 OK", head: str = "", version: str = "1.1"
) -> bytes:
    lines = f"HTTP/{version} {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n"
    return lines.encode() + body


class Connection:
    """The server's end of a connection, and which one it is, from 0."""

    def __init__(self, end: socket.socket, number: int) -> None:
        self.end = end
        self.number = number
        self.head = b""  # of the last request
        self._rest = b""

    def request(self) -> str | None:
        """The next request's target; None at the end of the stream."""
        while b"\r\n\r\n" not in self._rest:
            try:
                got = self.end.recv(65536)
            except ConnectionResetError:
                got = b""
            if not got:
                return None
            self._rest += got
        self.head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return self.head.split(b" ", 2)[1].decode()

    def body(self, size: int) -> bytes:
        """So many bytes behind the head of the last request."""
        while len(self._rest) < size and (got := self.end.recv(65536)):
            self._rest += got
        body, self._rest = self._rest[:size], self._rest[size:]
        return body

    def send(self, data: bytes) -> None:
        try:
            self.end.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has seen enough

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.end.close()


class RawServer:
    """Calls `serve` for each connection in a thread of its own, and closes it
    when that returns. Everything has ended at the end of the `with`."""

    def __init__(
        self, serve: Callable[[Connection], None], host: str = "127.0.0.1"
    ) -> None:
        self._serve = serve
        six = ":" in host
        family = socket.AF_INET6 if six else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{f'[{host}]' if six else host}:{self.port}/"
        self.accepted = 0
        self._acceptor = threading.Thread(target=self._accept_all)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> RawServer:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self._acceptor.join()
        for thread in self._threads:
            thread.join()

    def refuse(self) -> None:
        """From now on nobody is let in."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was refusing already
        self._listener.close()

    def _accept_all(self) -> None:
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(end, self.accepted)
            self.accepted += 1
            thread = threading.Thread(target=self._run, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: Connection) -> None:
        with connection.end:
            self._serve(connection)


def always(data: bytes) -> Callable[[Connection], None]:
    """Answers every request with the same bytes."""

    def serve(connection: Connection) -> None:
        while connection.request() is not None:
            connection.send(data)

    return serve


def once(data: bytes) -> Callable[[Connection], None]:
    """Answers one request and closes."""

    def serve(connection: Connection) -> None:
        if connection.request() is not None:
            connection.send(data)

    return serve


def main(every: int) -> None:
    answered = 0
    lock = threading.Lock()

    def serve(connection: Connection) -> None:
        nonlocal answered
        while connection.request() is not None:
            connection.send(answer())
            with lock:
                answered += 1
                if answered % every == 0:
                    print(answered, flush=True)

    with RawServer(serve) as server:
        print(server.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
