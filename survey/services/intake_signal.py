"""The soft signal: what looks like many answers from one hand, worked out in memory and kept nowhere.

A trace is a keyed hash of a network, or of a network and of what a browser says of itself anyway, at one counter; the
key is random and dies with the local day, and every process has its own.  Only the coarse flags of an answer leave
this module.  No answer is ever refused.  What it can and cannot see: docs/security.md and docs/adr/0012.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from survey.models.opening_hours import OpeningHours
from survey.services.responses import Flags, NewResponse

WINDOW_SECONDS: Final = 600.0
# More than so many in the window are a burst: a phone that a family shares, a hall full of people behind one
# address, and a kiosk at which people queue stay below.
MOST_OF_A_PHONE: Final = 3
MOST_OF_A_NETWORK: Final = 30
MOST_OF_A_KIOSK: Final = 20
# Phones of one make behind one address look alike, so a day's limit must be wide.
MOST_OF_A_PHONE_IN_A_DAY: Final = 30
# The same answers in succession at a counter: from the fifth on where they vary, which hardly two people do alike.
VARIED_RUN: Final = 5
# Many honest people tick one level all the way down; that counts only from one phone, and from the fifteenth on.
UNIFORM_RUN: Final = 15
MOST_TRACES: Final = 20_000
ENTERED_BY_OFFICIALS: Final = frozenset({"assisted", "paper"})
_TRACE_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an answer came in: the local moment, its network cut short ("" if unknown), and its browser's own words.

    ``is_late`` says that the form was handed out on an earlier day, so that the moment says nothing of the visit.
    """

    moment: datetime
    network: str
    browser: str
    is_late: bool = False


@dataclass(slots=True)
class _Run:
    pattern: bytes = b""
    forms: int = 0
    last_form: str = ""


@dataclass(slots=True)
class _Trace:
    """The last arrivals with the keys of their forms, how many came this day, and how often alike."""

    arrivals: deque[tuple[float, str]]
    in_day: int
    run: _Run


class IntakeSignal:
    """Looks at each answer before it is stored; one a process, shared by its threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with an empty memory and a key of its own."""
        self._clock = clock
        self._lock = threading.Lock()
        self._begin_day(None)

    def look(self, new: NewResponse, *, arrival: Arrival, hours: OpeningHours) -> Flags:
        """Return the flags of an answer; the same form sent again counts once."""
        if new.channel in ENTERED_BY_OFFICIALS:
            return Flags()
        # A slip is answered anywhere: what came with it is counted where slips are handed out.
        place = new.service_point_id or new.received_by_agency_id
        with self._lock:
            if arrival.moment.date() != self._day:
                self._begin_day(arrival.moment.date())
            is_burst, is_repeated = self._count(new, place, arrival)
        return Flags(
            burst=is_burst,
            outside_hours=not arrival.is_late and not hours.include(arrival.moment),
            repeated_pattern=is_repeated,
        )

    def _begin_day(self, day: date | None) -> None:
        self._day = day
        self._key = secrets.token_bytes(32)
        self._traces: OrderedDict[bytes, _Trace] = OrderedDict()

    def _count(self, new: NewResponse, counter: UUID, arrival: Arrival) -> tuple[bool, bool]:
        pattern = self._mark("pattern", repr(sorted(new.answers.items())))
        is_uniform = len(set(new.answers.values())) == 1
        # An arrival at the counter that everybody's answers share, for what comes in succession there.
        here = self._trace("counter", MOST_OF_A_KIOSK, str(counter))
        is_repeated = _extend(here.run, pattern, new.key_hash) >= VARIED_RUN and not is_uniform
        if new.channel == "kiosk":
            kiosk = self._trace("kiosk", MOST_OF_A_KIOSK, str(counter))
            return self._is_more_than_usual(kiosk, new.key_hash), is_repeated
        if not arrival.network:
            return False, is_repeated
        network = self._trace("network", MOST_OF_A_NETWORK, str(counter), arrival.network)
        phone = self._trace("phone", MOST_OF_A_PHONE, str(counter), arrival.network, arrival.browser)
        is_repeated |= _extend(phone.run, pattern, new.key_hash) >= UNIFORM_RUN
        bursts = [self._is_more_than_usual(trace, new.key_hash) for trace in (network, phone)]
        return any(bursts) or phone.in_day > MOST_OF_A_PHONE_IN_A_DAY, is_repeated

    def _is_more_than_usual(self, trace: _Trace, form: str) -> bool:
        now, arrivals = self._clock(), trace.arrivals
        if all(form != known for _, known in arrivals):
            arrivals.append((now, form))
            trace.in_day += 1
        return len(arrivals) == arrivals.maxlen and now - arrivals[0][0] < WINDOW_SECONDS

    def _trace(self, kind: str, most: int, *parts: str) -> _Trace:
        mark = self._mark(kind, *parts)
        trace = self._traces.get(mark)
        if trace is None:
            if len(self._traces) >= MOST_TRACES:
                # Whoever has been silent longest is forgotten first.
                self._traces.popitem(last=False)
            trace = self._traces[mark] = _Trace(deque(maxlen=most + 1), 0, _Run())
        else:
            self._traces.move_to_end(mark)
        return trace

    def _mark(self, kind: str, *parts: str) -> bytes:
        text = "\0".join((kind, *parts)).encode("utf-8", "surrogateescape")
        return hashlib.blake2b(text, digest_size=_TRACE_BYTES, key=self._key).digest()


def _extend(run: _Run, pattern: bytes, form: str) -> int:
    """Count one more answer in succession, and return how many were alike."""
    if pattern != run.pattern:
        run.pattern, run.forms = pattern, 0
    if form != run.last_form:
        run.forms += 1
    run.last_form = form
    return run.forms
