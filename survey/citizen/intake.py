"""What citizens' pages keep between requests: keys, the writer, and counters seen a moment ago."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import flask

from survey.citizen.arrivals import read_arrival
from survey.citizen.stitched import StitchedPage
from survey.db import Database, DatabaseUnavailableError, reading
from survey.models.editions import Questionnaire
from survey.models.identifiers import local_today
from survey.models.opening_hours import USUAL_HOURS, read_opening_hours
from survey.queries.counters import Counter, find_counter, get_questionnaire
from survey.queries.slips import find_slip_place
from survey.services.form_keys import FormKeys
from survey.services.intake_signal import IntakeSignal
from survey.services.responses import NewResponse, Outcome
from survey.services.writer import ResponseWriter

# A pause, a closing or a new name shows at the counter this much later at most.
SECONDS_TO_REMEMBER: Final = 2.0
MOST_REMEMBERED: Final = 1000


@dataclass(slots=True)
class OpenCounter:
    """A counter as it was read, the questionnaire of its wave, and its empty forms by language once rendered."""

    counter: Counter
    questionnaire: Questionnaire | None
    read_on: date
    good_until: float
    empty_forms: dict[str, StitchedPage] = field(default_factory=dict)


class Intake:
    """One an application; threads share it."""

    def __init__(
        self,
        engine: Database,
        *,
        secret: str,
        is_test: bool,
        opening_hours: str = USUAL_HOURS,
        behind_proxies: int = 0,
    ) -> None:
        """Remember counters for a moment, but in tests not at all; ``opening_hours`` are the installation's."""
        self.engine = engine
        self.signal = IntakeSignal()
        self._opening_hours = opening_hours
        self._behind_proxies = behind_proxies
        self.keys = FormKeys(secret)
        self._seconds = 0.0 if is_test else SECONDS_TO_REMEMBER
        self._counters: dict[str, OpenCounter] = {}
        self._writer: ResponseWriter | None = None
        self._lock = threading.Lock()

    @property
    def writer(self) -> ResponseWriter:
        """Return the writer of this process; made when the first answer comes."""
        if self._writer is None:
            with self._lock:
                self._writer = self._writer or ResponseWriter(self.engine)
        return self._writer

    def store(self, new: NewResponse, counter: Counter, *, moment: datetime, is_late: bool) -> Outcome:
        """Store an answer of this request durably, with the flags of the soft signal.

        ``is_late`` says that its form was handed out on an earlier day.

        Raises:
            DatabaseUnavailableError: as the writer says.

        """
        arrival = read_arrival(
            flask.request.environ, moment=moment, behind_proxies=self._behind_proxies, is_late=is_late
        )
        hours = read_opening_hours(counter.opening_hours or self._opening_hours)
        new.flags = self.signal.look(new, arrival=arrival, hours=hours)
        return self.writer.store(new)

    def close(self) -> None:
        """Let the writer's thread end."""
        if self._writer is not None:
            self._writer.close()

    def find(self, code: str) -> OpenCounter | None:
        """Find a counter by its code, as it is or was a moment ago; None where no counter ever had that code.

        Raises:
            DatabaseUnavailableError: where the database cannot be read and nothing is remembered.

        """
        known = self._counters.get(code)
        now = time.monotonic()
        if known is not None and now < known.good_until:
            return known
        if known is not None:
            # One thread looks again; the others need not wait for it, nor do the same.
            known.good_until = now + self._seconds
        try:
            found = self._read(code, known, now)
        except DatabaseUnavailableError:
            if known is None:
                raise
            return known
        if found is not None:
            self._remember(code, found)
        return found

    def _read(self, code: str, known: OpenCounter | None, now: float) -> OpenCounter | None:
        today = local_today()
        with reading(self.engine) as session:
            counter = find_counter(session, code, today=today) or find_slip_place(session, code)
            if counter is None:
                return None
            if known is not None and known.counter == counter and known.read_on == today:
                # What was rendered for it is still true.
                return OpenCounter(counter, known.questionnaire, today, now + self._seconds, known.empty_forms)
            questionnaire = get_questionnaire(session, counter.wave.edition_id) if counter.wave else None
            return OpenCounter(counter, questionnaire, today, now + self._seconds)

    def _remember(self, code: str, found: OpenCounter) -> None:
        if len(self._counters) >= MOST_REMEMBERED and code not in self._counters:
            self._counters.clear()
        self._counters[code] = found


def current_intake() -> Intake:
    """Return the intake of the application that serves this request."""
    intake: Intake = flask.current_app.extensions["intake"]
    return intake
