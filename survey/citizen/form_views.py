"""The form of a counter: handed out, taken in, and answered with a clear page whatever comes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from uuid import UUID

import flask

from survey.citizen import pages
from survey.citizen.answers import read_fields
from survey.citizen.blueprint import blueprint
from survey.citizen.error_pages import RETRY_SECONDS
from survey.citizen.intake import OpenCounter, current_intake
from survey.citizen.kiosk import current_channel
from survey.citizen.pages import CitizenResponse, ReadyHeaders, current_words, filled_form, notice
from survey.db import DatabaseUnavailableError, reading
from survey.models.editions import Questionnaire
from survey.models.identifiers import LOCAL_TIME, read_counter_code
from survey.models.wave_days import DAYS_FOR_LATE_ANSWERS
from survey.queries.counters import Counter, CounterWave, find_wave_at_counter, get_questionnaire
from survey.services.answer_checks import Filled, Problem, check_fields, clean_text
from survey.services.form_keys import FormKey
from survey.services.responses import NewResponse, Outcome
from survey.web.access import citizen

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY: Final = 64 * 1024
# So much of a body that is too large is read away, or the browser would show a broken connection, not our page.
LARGEST_DRAINED: Final = 8 * 1024 * 1024
LONGEST_SHOWN_CODE: Final = 20
FORM_TYPE: Final = "application/x-www-form-urlencoded"
_UNREADABLE: Final = b"\xff"  # no form begins so


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that is stored, now or when the same form came before."""

    counter: Counter
    receipt: str
    is_repeat: bool

    @property
    def address(self) -> str:
        """Return the address of the receipt, in the citizen's language."""
        again = "&again=1" if self.is_repeat else ""
        return f"/R/{self.counter.code}/{self.receipt}?lang={current_words().tag}{again}"


@blueprint.get("/Q")
@blueprint.get("/q")
@citizen
def code_box() -> flask.typing.ResponseReturnValue:
    """Show the box in which a code is typed by hand, or go to the counter that was typed."""
    typed = flask.request.args.get("code", "").strip()
    if typed:
        code = read_counter_code(typed)
        if code is None:
            return mistyped(typed)
        return flask.redirect(f"/Q/{code}?lang={current_words().tag}", HTTPStatus.SEE_OTHER)
    return notice(None, HTTPStatus.OK, "code", sentence="", ask_code=True)


@blueprint.get("/Q/<code>")
@citizen
def show_form(code: str) -> flask.typing.ResponseReturnValue:
    """Hand out an empty form, or say why there is none."""
    found = find_or_explain(code)
    if not isinstance(found, OpenCounter):
        return found
    wave = found.counter.wave
    if wave is None or found.questionnaire is None or wave.state != "open":
        return no_form(found.counter)
    key = current_intake().keys.issue(
        service_point_id=found.counter.service_point_id, wave_id=wave.id, day=found.read_on
    )
    return pages.empty_form(found, found.questionnaire, key)


@blueprint.get("/q/<code>")
@citizen
def show_form_in_capitals(code: str) -> flask.typing.ResponseReturnValue:
    """Go to the address as it is printed."""
    known = read_counter_code(code)
    if known is None:
        return mistyped(code)
    return flask.redirect(f"/Q/{known}?lang={current_words().tag}", HTTPStatus.FOUND)


@blueprint.post("/Q/<code>")
@citizen
def take_answer(code: str) -> flask.typing.ResponseReturnValue:
    """Store an answer durably and thank for it, or show the form again with everything that was chosen."""
    taken = receive(code)
    return see(taken.address) if isinstance(taken, Taken) else taken


def receive(code: str) -> Taken | flask.Response:
    """Store the answer that this request brings, or return the page that says why not."""
    body = read_body()
    if body is None:
        return notice(None, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    found = find_or_explain(code)
    return _take(found, read_fields(body)) if isinstance(found, OpenCounter) else found


def find_or_explain(typed: str) -> OpenCounter | flask.Response:
    """Find the counter of a code in use, or return the page that says what is wrong with the code."""
    code = read_counter_code(typed)
    if code is None:
        return mistyped(typed)
    found = current_intake().find(code)
    if found is None:
        sentence = current_words().say("unknown", code=code)
        return notice(None, HTTPStatus.NOT_FOUND, "unknown", sentence=sentence, ask_code=True, typed_code=code)
    if found.counter.is_slip_place:
        return see(f"/T/{code}?lang={current_words().tag}")
    if found.counter.is_retired:
        return notice(found.counter, HTTPStatus.GONE, "retired", ask_code=True)
    return found


def mistyped(typed: str) -> flask.Response:
    """Return the page with the box to type the code again."""
    shown = clean_text(typed)[:LONGEST_SHOWN_CODE]
    sentence = current_words().say("mistyped", code=shown)
    return notice(None, HTTPStatus.NOT_FOUND, "mistyped", sentence=sentence, ask_code=True, typed_code=shown)


def no_form(counter: Counter) -> flask.Response:
    """Return the page that says why a counter hands out no form."""
    wave, words = counter.wave, current_words()
    if wave is None:
        return notice(counter, HTTPStatus.NOT_FOUND, "no_wave")
    if wave.state == "closed" and wave.closed_on:
        sentence = words.say("closed", day=wave.closed_on)
        return notice(counter, HTTPStatus.GONE, "closed", sentence=sentence)
    if wave.state == "paused":
        return notice(counter, HTTPStatus.NOT_FOUND, "paused")
    sentence = words.say("planned", day=wave.opens_on)
    return notice(counter, HTTPStatus.NOT_FOUND, "no_wave", sentence=sentence)


def _take(found: OpenCounter, fields: dict[str, str]) -> Taken | flask.Response:
    counter, intake = found.counter, current_intake()
    now = datetime.now(tz=LOCAL_TIME)
    key = intake.keys.read(fields.get("key", ""), service_point_id=counter.service_point_id)
    wave = _wave_of_key(counter, key, now.date()) if key else None
    if key is None or wave is None:
        return _hand_out_again(found, fields)
    questionnaire = found.questionnaire
    if questionnaire is None or counter.wave is None or wave.edition_id != counter.wave.edition_id:
        questionnaire = _questionnaire_of(wave)
    if wave.state in {"closed", "planned"} and not is_in_time(wave, key, now.date()):
        return no_form(replace(counter, wave=wave))
    filled = _check(counter, questionnaire, fields)
    if wave.state == "paused":
        return filled_form(counter, questionnaire, filled, [Problem("", "paused_form")], HTTPStatus.CONFLICT)
    if filled.problems:
        return filled_form(counter, questionnaire, filled, filled.problems, HTTPStatus.BAD_REQUEST)
    receipt = intake.keys.receipt(key)
    try:
        new = _new_response(counter, wave, filled, now, key_hash=intake.keys.answer_hash(receipt))
        outcome = intake.store(new, counter, moment=now, is_late=key.day < now.date())
    except DatabaseUnavailableError:
        response = filled_form(
            counter, questionnaire, filled, [Problem("", "busy_form")], HTTPStatus.SERVICE_UNAVAILABLE
        )
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    return Taken(counter, receipt, is_repeat=outcome is Outcome.DUPLICATE)


def _wave_of_key(counter: Counter, key: FormKey, today: date) -> CounterWave | None:
    if counter.wave is not None and counter.wave.id == key.wave_id:
        return counter.wave
    with reading(current_intake().engine) as session:
        return find_wave_at_counter(
            session, service_point_id=counter.service_point_id, wave_id=key.wave_id, today=today
        )


def _questionnaire_of(wave: CounterWave) -> Questionnaire:
    with reading(current_intake().engine) as session:
        return get_questionnaire(session, wave.edition_id)


def is_in_time(wave: CounterWave, key: FormKey, today: date) -> bool:
    """Tell whether the answer of a form still counts although its wave is closed."""
    if wave.closed_on is None:
        return False
    return key.day <= wave.closed_on and today <= wave.closed_on + timedelta(days=DAYS_FOR_LATE_ANSWERS)


def _hand_out_again(found: OpenCounter, fields: dict[str, str]) -> flask.Response:
    """Show what was chosen in a new form: the old one was another counter's, or its key was lost or changed."""
    counter = found.counter
    if counter.wave is None or found.questionnaire is None or counter.wave.state != "open":
        return no_form(counter)
    key = current_intake().keys.issue(
        service_point_id=counter.service_point_id, wave_id=counter.wave.id, day=found.read_on
    )
    filled = replace(_check(counter, found.questionnaire, fields), key=key)
    return filled_form(counter, found.questionnaire, filled, [Problem("", "stale_form")], HTTPStatus.BAD_REQUEST)


def _check(counter: Counter, questionnaire: Questionnaire, fields: dict[str, str]) -> Filled:
    items = [item.code for item in questionnaire.items]
    services = [service.key for service in counter.services]
    return check_fields(fields, items=items, services=services, questions=questionnaire.questions)


def _new_response(counter: Counter, wave: CounterWave, filled: Filled, now: datetime, *, key_hash: str) -> NewResponse:
    service = next((service for service in counter.services if service.key == filled.service), None)
    return NewResponse(
        agency_id=_rated(counter, wave, service.agency_id if service else counter.serves_agency_id),
        candidate_agency_ids=counter.deciding_agency_ids,
        wave_id=wave.id,
        questionnaire_edition_id=wave.edition_id,
        received_by_agency_id=counter.agency_id,
        service_point_id=counter.service_point_id,
        service_id=service.id if service else None,
        answered_on=now.date(),
        ten_minutes=(now.hour * 60 + now.minute) // 10,
        channel=current_channel(),
        language=current_words().tag,
        answers=filled.answers,
        comment=filled.comment,
        key_hash=key_hash,
    )


def _rated(counter: Counter, wave: CounterWave, agency_id: UUID) -> UUID:
    """Return the body to which an answer is given: a wave of one that has just ended asked about that one."""
    if agency_id == counter.serves_agency_id and wave.agency_id in counter.decided_elsewhere:
        return wave.agency_id or agency_id
    return agency_id


def read_body() -> bytes | None:
    """Read the body of a form; None where it is too large, after reading it away."""
    request = flask.request
    stream = request.environ["wsgi.input"]
    length = request.content_length
    if length is None and request.environ.get("wsgi.input_terminated"):
        # Sent in chunks: its size shows only in reading, and the server ends it.
        length = LARGEST_DRAINED
    body: bytes = stream.read(min(length or 0, LARGEST_BODY + 1))
    if len(body) <= LARGEST_BODY:
        return body if _is_form(request.environ) or not body else _UNREADABLE
    left = min(length or 0, LARGEST_DRAINED) - len(body)
    while left > 0 and (piece := stream.read(min(left, LARGEST_BODY))):
        left -= len(piece)
    return None


def _is_form(environ: WSGIEnvironment) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == FORM_TYPE


def see(address: str) -> flask.Response:
    """Send the citizen to another page of ours; nothing that he typed stands in ``address`` unchecked."""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Location": address,
        "Content-Length": "0",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return CitizenResponse(status=HTTPStatus.SEE_OTHER, headers=ReadyHeaders(headers))
