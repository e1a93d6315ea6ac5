"""How an answer came in, as far as the soft signal needs it: read for a moment, kept nowhere."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import TYPE_CHECKING, Final

from survey.services.intake_signal import Arrival

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_IPV4_BYTES: Final = 4
_KEPT_OF_IPV4: Final = 3
_KEPT_OF_IPV6: Final = 8
_IPV4_IN_IPV6: Final = bytes(10) + b"\xff\xff"
_LOOPBACK_IPV4: Final = b"\x7f"
_LOOPBACK_IPV6: Final = bytes(15) + b"\x01"
_LONGEST_SIGN: Final = 300


def read_arrival(environ: WSGIEnvironment, *, moment: datetime, behind_proxies: int, is_late: bool) -> Arrival:
    """Read network and browser of a request; ``behind_proxies`` is how many proxies in front are trusted."""
    signs = (environ.get("HTTP_USER_AGENT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    browser = "\n".join(sign[:_LONGEST_SIGN] for sign in signs)
    return Arrival(moment, network_of(_address(environ, behind_proxies)), browser, is_late)


def network_of(address: str) -> str:
    """Return the network of an address, /24 or /64, in hexadecimal; empty where it is none, or of this machine itself.

    A proxy that is not set up gives every citizen the machine's own address: then nothing is known of networks.
    """
    address = address.strip().strip("[]")
    try:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    except (OSError, ValueError):
        return ""
    packed = packed.removeprefix(_IPV4_IN_IPV6)
    if packed == _LOOPBACK_IPV6 or (len(packed) == _IPV4_BYTES and packed[:1] == _LOOPBACK_IPV4):
        return ""
    return packed[: _KEPT_OF_IPV4 if len(packed) == _IPV4_BYTES else _KEPT_OF_IPV6].hex()


def _address(environ: WSGIEnvironment, behind_proxies: int) -> str:
    told = [one for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    if behind_proxies:
        # Each trusted proxy has added one address; what stands before them anybody may have written.
        return told[-behind_proxies] if len(told) >= behind_proxies else ""
    return str(environ.get("REMOTE_ADDR", ""))
