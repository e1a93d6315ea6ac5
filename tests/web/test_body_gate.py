"""Slow bodies hold some threads, never all."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from survey.web.body_gate import PLACES, BodyGate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class SlowBody(io.BytesIO):
    """A body whose end comes when ``goes_on`` is set."""

    def __init__(self) -> None:
        super().__init__(b"a=1")
        self.is_read = threading.Event()
        self.goes_on = threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.is_read.set()
        assert self.goes_on.wait(30)
        return super().read(size)


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(gate: BodyGate, **environ: object) -> tuple[str, bytes]:
    statuses: list[str] = []
    body = gate(environ, lambda status, _headers, _error=None: statuses.append(status) or bytes)  # type: ignore[arg-type, return-value, func-returns-value]  # a bare start_response
    return statuses[0], b"".join(body)


@pytest.fixture
def crowd() -> Iterable[tuple[BodyGate, list[SlowBody]]]:
    gate, bodies = BodyGate(echo), [SlowBody() for _ in range(PLACES)]
    threads = [
        threading.Thread(target=ask, args=(gate,), kwargs={"CONTENT_LENGTH": "3", "wsgi.input": body})
        for body in bodies
    ]
    for thread in threads:
        thread.start()
    assert all(body.is_read.wait(30) for body in bodies)
    yield gate, bodies
    for body in bodies:
        body.goes_on.set()
    for thread in threads:
        thread.join()


def test_a_page_is_served_while_every_place_is_taken(crowd: tuple[BodyGate, list[SlowBody]]) -> None:
    status, _ = ask(crowd[0], **{"wsgi.input": io.BytesIO()})

    assert status == "200 OK"


def test_who_finds_no_place_is_asked_to_send_again(crowd: tuple[BodyGate, list[SlowBody]]) -> None:
    status, body = ask(crowd[0], CONTENT_LENGTH="3", **{"wsgi.input": io.BytesIO(b"b=2")})

    assert status == "503 Service Unavailable"
    assert "xin gửi lại" in body.decode()


def test_a_place_is_free_again_once_a_body_is_read(crowd: tuple[BodyGate, list[SlowBody]]) -> None:
    gate, bodies = crowd
    bodies[0].goes_on.set()

    status, body = ask(gate, CONTENT_LENGTH="3", **{"wsgi.input": io.BytesIO(b"b=2")})

    assert (status, body) == ("200 OK", b"b=2")


def test_a_body_in_chunks_is_read_to_its_end() -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(b"b=2")}

    assert ask(BodyGate(echo), **chunked) == ("200 OK", b"b=2")
