"""What the pages of slips keep between requests, and what they look up: issuers, codes, and the cases of forms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import flask

from survey.citizen.arrivals import read_arrival
from survey.citizen.guesses import Guesses
from survey.citizen.intake import current_intake
from survey.db import reading
from survey.models.editions import Questionnaire
from survey.models.identifiers import LOCAL_TIME, local_today, read_counter_code
from survey.queries.counters import Counter, CounterWave, get_questionnaire
from survey.queries.heirs import list_forebears
from survey.queries.slips import (
    SLIP,
    Issuer,
    find_case_today,
    find_deciding,
    find_issuer,
    find_live_code,
    find_service_name,
    find_slip_wave,
    find_wave_of_agency,
    get_issuer_code,
)
from survey.services.form_keys import FormKey
from survey.services.slip_keys import SlipKeys

_HEX_OF_UUID: Final = 32


@dataclass(frozen=True, slots=True)
class Case:
    """What a slip is about: who handed it out, who decided, and for which service if that is known."""

    issuer_id: UUID
    deciding_id: UUID
    service_id: UUID | None

    @property
    def field(self) -> str:
        """Return the case as it stands in a hidden field of the form, whose key vouches for it."""
        return self.deciding_id.hex + (self.service_id.hex if self.service_id else "")

    @property
    def binding(self) -> UUID:
        """Return what stands in the form's key for all three."""
        text = f"slip/{self.issuer_id.hex}/{self.field}"
        return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


@dataclass(frozen=True, slots=True)
class OpenSlip:
    """A case as its page shows it: the issuer's public code, the names, the wave and what it asks.

    ``forebear_ids`` are the bodies for which the deciding one carries on.
    """

    case: Case
    issuer_code: str
    counter: Counter
    questionnaire: Questionnaire | None
    forebear_ids: tuple[UUID, ...] = ()

    @property
    def wave(self) -> CounterWave | None:
        """Return the wave that takes the answer; None where there is none."""
        return self.counter.wave


class SlipDesk:
    """One an application; threads share it."""

    def __init__(self, *, secret: str, behind_proxies: int) -> None:
        self.keys = SlipKeys(secret)
        self._guesses = Guesses()
        self._behind_proxies = behind_proxies

    def is_guessing(self) -> bool:
        """Tell whether too many wrong codes came from where this request comes from."""
        return self._guesses.are_too_many(self._network(), today=local_today())

    def note_wrong(self) -> None:
        """Count a wrong code of this request."""
        self._guesses.note_wrong(self._network(), today=local_today())

    def _network(self) -> str:
        moment = datetime.now(tz=LOCAL_TIME)
        proxies = self._behind_proxies
        return read_arrival(flask.request.environ, moment=moment, behind_proxies=proxies, is_late=False).network

    def find_issuer(self, typed: str) -> Issuer | None:
        """Find who hands out slips under a code that was typed or printed."""
        code = read_counter_code(typed)
        if code is None:
            return None
        with reading(current_intake().engine) as session:
            return find_issuer(session, code)

    def open_slip(self, issuer: Issuer, code: str) -> OpenSlip | None:
        """Find the case of a code that is not used yet and has not expired, with the wave that asks about it."""
        case = self._find_case(issuer, code)
        if case is None:
            return None
        with reading(current_intake().engine) as session:
            issuer_code = get_issuer_code(session, case.issuer_id)
        return self.show_case(case, issuer_code)

    def is_of_another_service(self, issuer: Issuer, code: str, case: Case) -> bool:
        """Tell whether a code proves another service of the deciding agency than the one a form was opened for."""
        if not code or self.is_guessing():
            return False
        own = self._find_case(issuer, code)
        return own is not None and own.deciding_id == case.deciding_id and own.service_id != case.service_id

    def _find_case(self, issuer: Issuer, code: str) -> Case | None:
        code_hash = self.keys.code_hash(code)
        with reading(current_intake().engine) as session:
            live = find_live_code(session, agency_ids=issuer.agency_ids, code_hash=code_hash, today=local_today())
            return Case(live.agency_id, *find_case_today(session, live)) if live else None

    def show_case(self, case: Case, issuer_code: str, *, key: FormKey | None = None) -> OpenSlip:
        """Return a case with its names, and the wave that is open for it or that ``key`` was handed out for."""
        today = local_today()
        with reading(current_intake().engine) as session:
            if key is None:
                wave = find_wave_of_agency(session, agency_id=case.deciding_id, today=today)
            else:
                wave = find_slip_wave(session, wave_id=key.wave_id, today=today)
            name, is_demo = find_deciding(session, case.deciding_id)
            counter = Counter(
                code=issuer_code,
                service_point_id=case.binding,
                name=find_service_name(session, case.service_id) or SLIP,
                agency_id=case.issuer_id,
                agency_name=name,
                serves_agency_id=case.deciding_id,
                is_demo=is_demo,
                is_retired=False,
                wave=wave,
                services=(),
                opening_hours=None,
            )
            asked = get_questionnaire(session, wave.edition_id) if wave else None
            return OpenSlip(case, issuer_code, counter, asked, tuple(list_forebears(session, [case.deciding_id])))

    def issue_key(self, slip: OpenSlip, wave: CounterWave, day: date) -> str:
        """Make the key of a form for a case."""
        return current_intake().keys.issue(service_point_id=slip.case.binding, wave_id=wave.id, day=day)


def read_case(issuer_id: UUID, fields: dict[str, str]) -> tuple[Case, FormKey] | None:
    """Return the case a form was handed out for; None where it was not ours, was changed, or is another issuer's."""
    text = fields.get("case", "")
    parts = [text[start : start + _HEX_OF_UUID] for start in range(0, len(text), _HEX_OF_UUID)]
    try:
        ids = [UUID(hex=part) for part in parts]
    except ValueError:
        return None
    if len(ids) not in {1, 2}:
        return None
    case = Case(issuer_id, ids[0], ids[1] if len(ids) > 1 else None)
    key = current_intake().keys.read(fields.get("key", ""), service_point_id=case.binding)
    return (case, key) if key else None


def current_slips() -> SlipDesk:
    """Return the slip desk of the application that serves this request."""
    desk: SlipDesk = flask.current_app.extensions["slips"]
    return desk
