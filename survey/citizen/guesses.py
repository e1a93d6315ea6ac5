"""Wrong codes of slips, counted by network in memory: nobody tries a million of them.

What is counted under is a keyed hash of the network; the key is random and dies with the local day, and every process
has its own: with several of them the limit is that many times as high.  A code has 60 random bits, so that a limit many
times higher would still not help whoever guesses.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import date
from typing import Final

WINDOW_SECONDS: Final = 600.0
# A centre whose citizens share one address must not be locked out by a few who mistype.
MOST_OF_A_NETWORK: Final = 30
# Behind a proxy that is not set up all citizens look alike.
MOST_OF_ALL_UNKNOWN: Final = 300
MOST_NETWORKS: Final = 20_000
_MARK_BYTES: Final = 8


class Guesses:
    """One a process, shared by its threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with an empty memory and a key of its own."""
        self._clock = clock
        self._lock = threading.Lock()
        self._day: date | None = None
        self._begin_day(None)

    def are_too_many(self, network: str, *, today: date) -> bool:
        """Tell whether so many wrong codes came from a network lately ("": unknown) that none is looked at."""
        with self._lock:
            times = self._times(network, today)
            return len(times) == times.maxlen and self._clock() - times[0] < WINDOW_SECONDS

    def note_wrong(self, network: str, *, today: date) -> None:
        """Count a wrong code."""
        with self._lock:
            self._times(network, today).append(self._clock())

    def _begin_day(self, day: date | None) -> None:
        self._day = day
        self._key = secrets.token_bytes(32)
        self._networks: OrderedDict[bytes, deque[float]] = OrderedDict()

    def _times(self, network: str, today: date) -> deque[float]:
        if today != self._day:
            self._begin_day(today)
        mark = hashlib.blake2b(network.encode(), digest_size=_MARK_BYTES, key=self._key).digest()
        if mark not in self._networks:
            if len(self._networks) >= MOST_NETWORKS:
                self._networks.popitem(last=False)
            self._networks[mark] = deque(maxlen=MOST_OF_A_NETWORK if network else MOST_OF_ALL_UNKNOWN)
        self._networks.move_to_end(mark)
        return self._networks[mark]
