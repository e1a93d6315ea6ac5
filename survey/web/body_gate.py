"""Bodies that come slowly wait at a gate of few places, so that pages are served whoever else is sending."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Of the eight threads of a worker, so that half of them never wait for a body.
PLACES: Final = 4
SECONDS_AT_THE_GATE: Final = 1.0
# What the applications read at most; a longer body is theirs to refuse.
LARGEST_READ_AHEAD: Final = 16 * 1024 * 1024
_BUSY: Final = "Máy chủ đang bận; xin gửi lại sau ít phút. / The server is busy; please send again in a few minutes.\n"


class BodyGate:
    """Reads the body of a request before the application is called; at most ``PLACES`` are read at a time.

    Whoever finds no place within a second is asked to send again later.
    """

    def __init__(self, application: WSGIApplication) -> None:
        """Stand in front of an application."""
        self._application = application
        self._places = threading.BoundedSemaphore(PLACES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Read the body, then let the application answer."""
        length = _announced(environ)
        if length == 0:
            return self._application(environ, start_response)
        if not self._places.acquire(timeout=SECONDS_AT_THE_GATE):
            return _turn_away(start_response)
        try:
            if length <= LARGEST_READ_AHEAD:
                environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        finally:
            self._places.release()
        return self._application(environ, start_response)


def _announced(environ: WSGIEnvironment) -> int:
    """Return the bytes that a body may have; one in chunks does not say."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return LARGEST_READ_AHEAD
    text = environ.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _turn_away(start_response: StartResponse) -> list[bytes]:
    body = _BUSY.encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Retry-After", "30"),
        ("Cache-Control", "no-store"),
    ]
    start_response("503 Service Unavailable", headers)
    return [body]
