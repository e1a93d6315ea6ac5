"""The kiosk through which a request came, if any: it decides the channel, and where forms lie."""

from __future__ import annotations

from dataclasses import dataclass

import flask

from survey.web.kiosk_links import KioskLink


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A kiosk by the token in its address."""

    token: str
    link: KioskLink

    @property
    def home(self) -> str:
        """Return the address with which each citizen begins."""
        return f"/K/{self.token}"


def enter_kiosk(kiosk: Kiosk) -> None:
    """Let the rest of this request know its kiosk."""
    flask.g.kiosk = kiosk


def current_kiosk() -> Kiosk | None:
    """Return the kiosk of this request; None for a citizen's own phone."""
    kiosk: Kiosk | None = flask.g.get("kiosk")
    return kiosk


def current_channel() -> str:
    """Return the channel under which an answer of this request is stored."""
    return "kiosk" if current_kiosk() else "qr"
