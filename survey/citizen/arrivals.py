"""How an answer came in, as far as the soft signal needs it: read for a moment, kept nowhere."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from survey.services.intake_signal import Arrival

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_IPV4_BITS: Final = 24
_IPV6_BITS: Final = 64
_LONGEST_SIGN: Final = 300


def read_arrival(environ: WSGIEnvironment, *, moment: datetime, behind_proxies: int, is_late: bool) -> Arrival:
    """Read network and browser of a request; ``behind_proxies`` is how many proxies in front are trusted."""
    signs = (environ.get("HTTP_USER_AGENT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    browser = "\n".join(sign[:_LONGEST_SIGN] for sign in signs)
    return Arrival(moment, network_of(_address(environ, behind_proxies)), browser, is_late)


def network_of(address: str) -> str:
    """Return the network of an address, /24 or /64; empty where it is none, or of this machine itself.

    A proxy that is not set up gives every citizen the machine's own address: then nothing is known of networks.
    """
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]"))
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if parsed.is_loopback:
        return ""
    bits = _IPV4_BITS if isinstance(parsed, ipaddress.IPv4Address) else _IPV6_BITS
    return str(ipaddress.ip_network((parsed, bits), strict=False))


def _address(environ: WSGIEnvironment, behind_proxies: int) -> str:
    told = [one for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    if behind_proxies:
        # Each trusted proxy has added one address; what stands before them anybody may have written.
        return told[-behind_proxies] if len(told) >= behind_proxies else ""
    return str(environ.get("REMOTE_ADDR", ""))
