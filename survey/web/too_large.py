"""A form with files that are too large together: what was typed in it is saved from it, the files are left."""

from __future__ import annotations

import io
from typing import IO, Final
from urllib.parse import urlencode

import flask
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Field, MultipartDecoder, NeedData, Preamble

# Words stand before the files in our forms.
_WORDS: Final = 128 * 1024
_PIECE: Final = 1024 * 1024


def leave_files(most: int) -> bool:
    """Where a request is larger than ``most``, leave only the words of its form; return whether that was so.

    The rest of the body is read and forgotten: a browser that is not heard out shows no answer.
    """
    environ = flask.request.environ
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) <= most:
        return False
    stream: IO[bytes] = environ["wsgi.input"]
    boundary = parse_options_header(environ.get("CONTENT_TYPE", ""))[1].get("boundary", "")
    head = stream.read(_WORDS)
    left = int(length) - len(head)
    while left > 0 and (piece := stream.read(min(_PIECE, left))):
        left -= len(piece)
    body = urlencode(_words(head, boundary.encode()) if boundary else {}).encode()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    return True


def _words(head: bytes, boundary: bytes) -> dict[str, str]:
    """Return the fields that stand before the first file."""
    decoder, found, name = MultipartDecoder(boundary), dict[str, bytes](), ""
    try:
        decoder.receive_data(head)
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Field):
                name = event.name
                found[name] = b""
            elif isinstance(event, Data):
                found[name] += event.data
            elif not isinstance(event, Preamble):
                break
    except ValueError:
        return {}
    return {name: text.decode("utf-8", "replace") for name, text in found.items()}
