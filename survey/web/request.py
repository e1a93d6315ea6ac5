"""What is read of a request, for every page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict


class Request(flask.Request):
    """A request whose texts hold no NUL: no key of a keyboard writes one, and PostgreSQL refuses it anywhere."""

    @property
    def form(self) -> ImmutableMultiDict[str, str]:
        """Return the form."""
        return _without_nul(super().form)

    @property
    def args(self) -> MultiDict[str, str]:
        """Return what stands behind the question mark."""
        return _without_nul(super().args)


def init_request(app: flask.Flask) -> None:
    """Let an application read its requests so."""
    app.request_class = Request


def _without_nul(texts: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    pairs = list(texts.items(multi=True))
    if isinstance(texts, ImmutableMultiDict) and not any("\0" in name or "\0" in text for name, text in pairs):
        return texts
    return ImmutableMultiDict([(name.replace("\0", ""), text.replace("\0", "")) for name, text in pairs])
