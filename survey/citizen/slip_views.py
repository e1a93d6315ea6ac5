"""The form of a result slip: its one-time code proves that somebody was served, and is gone once it is used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

import flask

from survey.citizen.answers import read_fields
from survey.citizen.blueprint import blueprint
from survey.citizen.error_pages import RETRY_SECONDS
from survey.citizen.form_views import LONGEST_SHOWN_CODE, is_in_time, no_form, read_body, see
from survey.citizen.intake import current_intake
from survey.citizen.pages import current_words, form_levels, notice, page
from survey.citizen.slip_desk import OpenSlip, current_slips, read_case
from survey.db import DatabaseUnavailableError, reading
from survey.models.editions import Questionnaire
from survey.models.identifiers import LOCAL_TIME, local_today
from survey.queries.counters import CounterWave
from survey.queries.slips import Issuer, list_open_counters
from survey.services.answer_checks import Filled, Problem, check_fields, clean_text
from survey.services.form_keys import FormKey
from survey.services.responses import NewResponse, Outcome, UsedCode
from survey.services.slip_keys import read_slip_code
from survey.web.access import citizen


@blueprint.get("/T/<code>")
@citizen
def slip_box(code: str) -> flask.typing.ResponseReturnValue:
    """Show the box in which the code of a slip is typed, or go to the form of the one that was typed."""
    issuer = current_slips().find_issuer(code)
    if issuer is None:
        return _no_issuer(code)
    typed = flask.request.args.get("code", "").strip()
    if not typed:
        return _box(issuer, HTTPStatus.OK, "slip")
    slip_code = read_slip_code(typed)
    if slip_code is None:
        return _box(issuer, HTTPStatus.NOT_FOUND, "slip_mistyped", typed=typed)
    return see(f"/T/{issuer.code}/{slip_code}?lang={current_words().tag}")


@blueprint.get("/T/<code>/<slip>")
@citizen
def show_slip_form(code: str, slip: str) -> flask.typing.ResponseReturnValue:
    """Hand out the form of a slip, or say why there is none and how to go on without its code."""
    issuer = current_slips().find_issuer(code)
    if issuer is None:
        return _no_issuer(code)
    found = _find_or_explain(issuer, slip)
    if not isinstance(found, OpenSlip):
        return found
    if found.issuer_code != issuer.code:
        # Typed at a counter: from here on the address is that of the slip.
        return see(f"/T/{found.issuer_code}/{read_slip_code(slip)}?lang={current_words().tag}")
    return _hand_out(found, read_slip_code(slip) or "")


@blueprint.get("/t/<code>")
@blueprint.get("/t/<code>/<slip>")
@citizen
def slip_in_capitals(code: str, slip: str = "") -> flask.typing.ResponseReturnValue:
    """Go to the address as it is printed."""
    path = f"/T/{code}/{slip}".rstrip("/").upper()
    return flask.redirect(f"{quote(path)}?lang={current_words().tag}", HTTPStatus.FOUND)


@blueprint.post("/T/<code>")
@blueprint.post("/T/<code>/<slip>")
@citizen
def take_slip_answer(code: str, slip: str = "") -> flask.typing.ResponseReturnValue:
    """Store an answer and use up its code, both or neither; without a code it is stored as one not verified."""
    body = read_body()
    if body is None:
        return notice(None, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    issuer = current_slips().find_issuer(code)
    if issuer is None:
        return _no_issuer(code)
    fields = read_fields(body)
    known = read_case(issuer.agency_ids[-1], fields)
    if known is None:
        return _hand_out_again(issuer, slip, fields)
    case, key = known
    if current_slips().is_of_another_service(issuer, read_slip_code(slip) or "", case):
        return _hand_out_again(issuer, slip, fields)
    opened = current_slips().show_case(case, issuer.code, key=key)
    return _take(opened, key, read_slip_code(slip) or "", fields)


def _take(slip: OpenSlip, key: FormKey, code: str, fields: dict[str, str]) -> flask.Response:
    wave, questionnaire = slip.wave, slip.questionnaire
    today = local_today()
    if wave is None or questionnaire is None:
        return no_form(slip.counter)
    if wave.state in {"closed", "planned"} and not is_in_time(wave, key, today):
        return no_form(slip.counter)
    filled = _check(questionnaire, fields)
    if wave.state == "paused":
        return _form(slip, questionnaire, filled, code, Problem("", "paused_form"), status=HTTPStatus.CONFLICT)
    if filled.problems:
        return _form(slip, questionnaire, filled, code, *filled.problems, status=HTTPStatus.BAD_REQUEST)
    receipt = current_intake().keys.receipt(key)
    outcome = _store(_new_response(slip, wave, filled, code, receipt), slip)
    if isinstance(outcome, _Refusal):
        # Without the code where that was the reason: sent once more, the answer is stored as not verified.
        kept = code if outcome.keeps_code else ""
        response = _form(slip, questionnaire, filled, kept, Problem("", outcome.sentence), status=outcome.status)
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    again = "&again=1" if outcome is Outcome.DUPLICATE else ""
    return see(f"/R/{slip.issuer_code}/{receipt}?lang={current_words().tag}{again}")


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an answer was not stored: the key of the sentence that says it, and whether its code is still good."""

    sentence: str
    status: HTTPStatus
    keeps_code: bool = False


def _store(new: NewResponse, slip: OpenSlip) -> Outcome | _Refusal:
    if new.used_code and current_slips().is_guessing():
        return _Refusal("slip_wait", HTTPStatus.TOO_MANY_REQUESTS)
    try:
        # The moment says nothing of the visit: a slip is answered when its holder finds the time.
        outcome = current_intake().store(new, slip.counter, moment=datetime.now(tz=LOCAL_TIME), is_late=True)
    except DatabaseUnavailableError:
        return _Refusal("busy_form", HTTPStatus.SERVICE_UNAVAILABLE, keeps_code=True)
    if outcome is Outcome.CODE_SPENT:
        current_slips().note_wrong()
        return _Refusal("slip_spent", HTTPStatus.CONFLICT)
    return outcome


def _find_or_explain(issuer: Issuer, typed: str) -> OpenSlip | flask.Response:
    desk = current_slips()
    code = read_slip_code(typed)
    if code is None:
        return _box(issuer, HTTPStatus.NOT_FOUND, "slip_mistyped", typed=typed)
    if desk.is_guessing():
        return _box(issuer, HTTPStatus.TOO_MANY_REQUESTS, "slip_wait", typed=typed)
    found = desk.open_slip(issuer, code)
    if found is None:
        desk.note_wrong()
        return _box(issuer, HTTPStatus.NOT_FOUND, "slip_unknown", typed=typed)
    return found


def _hand_out(slip: OpenSlip, code: str) -> flask.Response:
    wave, questionnaire = slip.wave, slip.questionnaire
    if wave is None or questionnaire is None:
        return notice(slip.counter, HTTPStatus.NOT_FOUND, "slip_no_wave")
    key = current_slips().issue_key(slip, wave, local_today())
    return _form(slip, questionnaire, Filled(key=key), code)


def _hand_out_again(issuer: Issuer, typed: str, fields: dict[str, str]) -> flask.Response:
    """Show what was chosen in a new form: the old one was of another slip, or its key was lost or changed."""
    found = _find_or_explain(issuer, typed)
    if not isinstance(found, OpenSlip):
        return found
    wave, questionnaire = found.wave, found.questionnaire
    if wave is None or questionnaire is None:
        return notice(found.counter, HTTPStatus.NOT_FOUND, "slip_no_wave")
    key = current_slips().issue_key(found, wave, local_today())
    filled = replace(_check(questionnaire, fields), key=key)
    code = read_slip_code(typed) or ""
    return _form(found, questionnaire, filled, code, Problem("", "stale_form"), status=HTTPStatus.BAD_REQUEST)


def _check(questionnaire: Questionnaire, fields: dict[str, str]) -> Filled:
    items = [item.code for item in questionnaire.items]
    given = {name: value for name, value in fields.items() if name != "case"}
    return check_fields(given, items=items, services=[], questions=questionnaire.questions)


def _form(
    slip: OpenSlip,
    questionnaire: Questionnaire,
    filled: Filled,
    code: str,
    *problems: Problem,
    status: HTTPStatus = HTTPStatus.OK,
) -> flask.Response:
    """Return the form of a slip as far as it is filled in; without ``code`` it is sent as one not verified."""
    return page(
        "citizen/slip_form.html",
        status,
        counter=slip.counter,
        questionnaire=questionnaire,
        levels=form_levels(questionnaire, current_words()),
        filled=filled,
        problems=problems,
        key=filled.key,
        case=slip.case.field,
        address=f"/T/{slip.issuer_code}/{code}".rstrip("/"),
        is_verified=bool(code),
    )


def _new_response(slip: OpenSlip, wave: CounterWave, filled: Filled, code: str, receipt: str) -> NewResponse:
    case, keys = slip.case, current_slips().keys
    return NewResponse(
        agency_id=case.deciding_id,
        wave_id=wave.id,
        questionnaire_edition_id=wave.edition_id,
        received_by_agency_id=case.issuer_id,
        service_id=case.service_id,
        answered_on=local_today(),
        channel="transaction",
        language=current_words().tag,
        answers=filled.answers,
        comment=filled.comment,
        key_hash=current_intake().keys.answer_hash(receipt),
        used_code=UsedCode(case.issuer_id, keys.code_hash(code), slip.forebear_ids) if code else None,
    )


def _box(issuer: Issuer, status: HTTPStatus, name: str, *, typed: str = "") -> flask.Response:
    """Return the page on which the code is typed, and the counters at which one can answer without it."""
    with reading(current_intake().engine) as session:
        counters = list_open_counters(session, agency_id=issuer.agency_id, today=local_today())
    words = current_words()
    response = page(
        "citizen/slip_box.html",
        status,
        counter=None,
        issuer=issuer,
        counters=counters,
        title=words.say(f"{name}_title"),
        sentence=words.say(name),
        typed=clean_text(typed)[:LONGEST_SHOWN_CODE],
    )
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _no_issuer(typed: str) -> flask.Response:
    shown = clean_text(typed)[:LONGEST_SHOWN_CODE]
    return notice(None, HTTPStatus.NOT_FOUND, "slip_no_issuer", ask_code=True, typed_code=shown)
