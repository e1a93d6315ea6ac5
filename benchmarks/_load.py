"""Clients in one process: each fetches the form, sends it filled in, and begins again.

Written on bare sockets, so that the clients take as little of the two cores as they can.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Final

# The key stands uncompressed at the end of a compressed page.
KEY: Final = re.compile(rb'([A-Za-z0-9_-]{60})">')
END_OF_HEADERS: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length: "


@dataclass
class Client:
    """One phone: what it has received of the answer to its last request, and when its flow began."""

    connection: socket.socket
    received: bytes = b""
    is_sending: bool = False
    began: float = 0.0
    times: list[float] = field(default_factory=list)


def main(port: int, code: str, clients: int, seconds: float) -> None:
    """Print how many flows were completed, in which time, and how long each took, as JSON."""
    selector = selectors.DefaultSelector()
    get = f"GET /Q/{code} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    phones = [Client(socket.create_connection(("127.0.0.1", port))) for _ in range(clients)]
    start = time.perf_counter()
    for phone in phones:
        phone.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(phone.connection, selectors.EVENT_READ, phone)
        phone.began = start
        phone.connection.sendall(get)
    while (now := time.perf_counter()) < start + seconds:
        for event, _ in selector.select(timeout=1):
            _receive(event.data, get, code, time.perf_counter())
    times = [taken for phone in phones for taken in phone.times]
    json.dump({"flows": len(times), "seconds": now - start, "times": times}, sys.stdout)


def _receive(phone: Client, get: bytes, code: str, now: float) -> None:
    phone.received += phone.connection.recv(65536)
    head, separator, body = phone.received.partition(END_OF_HEADERS)
    if not separator:
        return
    place = head.lower().find(LENGTH)
    length = int(head[place + len(LENGTH) :].partition(b"\r\n")[0]) if place >= 0 else 0
    if len(body) < length:
        return
    phone.received = b""
    if phone.is_sending:
        _expect(head, b"303")
        phone.times.append(now - phone.began)
        phone.began = now
        phone.is_sending = False
        phone.connection.sendall(get)
        return
    _expect(head, b"200")
    if not (key := KEY.search(body)):
        sys.exit(f"no key in {body!r}")
    form = b"a1=5&b1=4&c1=5&d1=3&e1=0&o=4&comment=&key=" + key[1]
    phone.is_sending = True
    phone.connection.sendall(
        f"POST /Q/{code}?lang=vi HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n".encode()
        + form
    )


def _expect(head: bytes, status: bytes) -> None:
    if status not in head.partition(b"\r\n")[0]:
        sys.exit(f"expected {status!r}, got {head!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
