"""Entering answers for somebody: sheets of paper one after the other, or a person at the desk.

An official who enters answers about his own agency has an interest in them: they carry their channel, and every
report says how many came that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency, ServicePoint
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.paper import PaperSeries
from survey.queries.counters import Counter, CounterWave, find_counter, find_wave_at_counter, get_questionnaire
from survey.queries.counters_elsewhere import list_counters_elsewhere
from survey.queries.desk_lists import list_counters, list_waves_over
from survey.queries.paper import count_returns_below, list_deciding_agency_ids
from survey.rendering.numbers import count
from survey.services.answer_checks import Filled, Problem, check_fields, clean_text, field_names
from survey.services.audit import record
from survey.services.entry import ASSISTED, PAPER, Entry, EntryError, enter_answer
from survey.services.errors import ServiceError
from survey.services.form_keys import FormKeys, read_receipt, written_receipt
from survey.services.paper import (
    PaperError,
    mark_invalid,
    read_sheet_number,
    require_series,
    sheet_number,
    unmark_invalid,
)
from survey.services.responses import Outcome
from survey.services.withdrawals import Withdrawal, withdraw_response
from survey.web.access import agency_manager, current_scope
from survey.web.day_field import read_day
from survey.web.headers import POLICY
from survey.web.language import current_language

# Names of our own fields begin so, since no code of a question does.
OWN: Final = "_"
STATES: Final = frozenset({"open", "paused", "closed"})
NO_NUMBER: Final = "x"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where answers are entered: counter, wave, its questionnaire, and the channel."""

    agency: Agency
    wave: Wave
    counter: Counter
    counter_wave: CounterWave
    questionnaire: Questionnaire
    channel: str

    @property
    def address(self) -> str:
        """Return the address of the empty form."""
        return flask.url_for(
            "desk.entry",
            agency_id=self.agency.id,
            wave=self.wave.id,
            counter=self.counter.service_point_id,
            channel=self.channel,
            day=flask.request.form.get("_day") or flask.request.args.get("day") or None,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right, and the id of the box where, "" for the sheet as a whole."""

    sentence: str
    box: str = ""


@blueprint.get("/desk/agencies/<uuid:agency_id>/entry")
@agency_manager
def entry(agency: Agency) -> ResponseReturnValue:
    """Ask for wave, counter and channel; then show an empty sheet."""
    desk = _desk(agency)
    return _show(desk, Filled(), []) if desk else _choose(agency)


@blueprint.post("/desk/agencies/<uuid:agency_id>/entry")
@agency_manager
def enter(agency: Agency) -> ResponseReturnValue:
    """Store an entered answer once, note a sheet that cannot be read, or take back what was entered by mistake."""
    desk = _desk(agency)
    if desk is None:
        return _choose(agency), HTTPStatus.UNPROCESSABLE_ENTITY
    fields = _fields(desk.questionnaire)
    filled = _check(desk, fields)
    try:
        faults = _act(desk, filled)
    except ServiceError as refusal:
        db.session.rollback()
        faults = [Fault(refusal.text(current_language()), _box_of(desk, refusal))]
    if faults:
        return _show(desk, filled, faults), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    return flask.redirect(desk.address, HTTPStatus.SEE_OTHER)


def _sheet_box(desk: Desk) -> str:
    return "sheet" if desk.channel == PAPER else ""


def _box_of(desk: Desk, refusal: ServiceError) -> str:
    if isinstance(refusal, PaperError):
        return "wrong" if flask.request.form.get("_act") == "withdraw" else "sheet"
    return "day" if isinstance(refusal, EntryError) and desk.channel == PAPER else ""


def _act(desk: Desk, filled: Filled) -> list[Fault]:
    """Do what the pressed button says; return what is to be put right."""
    act = flask.request.form.get("_act", "")
    if act == "withdraw":
        return _withdraw(desk, flask.request.form.get("_wrong", ""))
    if act == "invalid" and desk.channel == PAPER:
        return _note_invalid(desk)
    if filled.problems:
        return [
            Fault(_sentence(problem.sentence, _question(desk, problem.place)), _box(desk, problem))
            for problem in filled.problems
        ]
    return _store(desk, filled)


def _store(desk: Desk, filled: Filled) -> list[Fault]:
    today, keys, number = local_today(), _keys(), 0
    language = flask.request.form.get("_language", "vi")
    if desk.channel == PAPER:
        number = _number(desk)
        series = _series(desk, number)
        receipt = keys.sheet_receipt(wave_id=desk.wave.id, number=number)
        day, language = _day(), series.language
        candidates = list_deciding_agency_ids(db.session(), path=series.agency.path)
        unmark_invalid(db.session(), series, number=number)
    else:
        key = keys.read(flask.request.form.get("_key", ""), service_point_id=desk.counter.service_point_id)
        if key is None:
            return [Fault(gettext("Phiếu này đã cũ hoặc của quầy khác; hãy kiểm tra lại rồi lưu lần nữa."))]
        receipt, day, candidates = keys.receipt(key), today, desk.counter.deciding_agency_ids
    new = Entry(
        counter=desk.counter,
        wave=desk.counter_wave,
        filled=filled,
        channel=desk.channel,
        language=language if language in desk.questionnaire.title else "vi",
        filled_on=day,
        key_hash=keys.answer_hash(receipt),
        candidate_agency_ids=tuple({*candidates, *desk.counter.deciding_agency_ids}),
    )
    outcome = enter_answer(db.session(), new, today=today)
    if outcome is Outcome.DUPLICATE:
        return [
            Fault(
                gettext("Tờ này đã được nhập từ trước và chỉ được tính một lần. Không có gì thay đổi."),
                _sheet_box(desk),
            )
        ]
    flask.flash(_saved(desk, number, written_receipt(receipt)), "done")
    return []


def _saved(desk: Desk, number: int, receipt: str) -> str:
    """Say what was stored, and how far the pile of sheets has come."""
    if desk.channel != PAPER:
        return str(gettext("Đã lưu. Mã biên nhận: %(receipt)s.", receipt=receipt))
    found, language = count_returns_below(db.session(), desk.agency, wave_id=desk.wave.id), current_language()
    said: str = gettext(
        "Đã lưu tờ %(number)s. Đến nay: %(valid)s tờ hợp lệ, thu về %(returned)s trên %(issued)s tờ đã in. "
        "Mã biên nhận: %(receipt)s.",
        number=sheet_number(desk.wave.code, number),
        valid=count(found.valid, language),
        returned=count(found.returned, language),
        issued=count(found.issued, language),
        receipt=receipt,
    )
    return said


def _series(desk: Desk, number: int) -> PaperSeries:
    """Find what a sheet was printed with; one of another counter or agency is not entered here."""
    series = require_series(db.session(), wave=desk.wave, number=number)
    own = {point.id for point in list_counters(db.session(), series.agency)}
    if desk.counter.service_point_id not in ({series.service_point_id} if series.service_point_id else own):
        raise PaperError(
            vi="Tờ này in cho quầy hoặc cơ quan khác; hãy chọn đúng quầy rồi nhập lại.",
            en="This sheet was printed for another counter or agency; choose that counter and enter it again.",
        )
    return series


def _note_invalid(desk: Desk) -> list[Fault]:
    number = _number(desk)
    series = _series(desk, number)
    if not mark_invalid(db.session(), series, number=number, today=local_today()):
        return [Fault(gettext("Tờ này đã được ghi là không hợp lệ từ trước."), "sheet")]
    name = sheet_number(desk.wave.code, number)
    flask.flash(gettext("Đã ghi tờ %(number)s là thu về nhưng không hợp lệ.", number=name), "done")
    return []


def _withdraw(desk: Desk, typed: str) -> list[Fault]:
    """Take back an entered answer by its receipt, or a sheet by its number."""
    if not typed.strip():
        return [Fault(gettext("Chưa ghi số tờ hoặc mã biên nhận cần xoá."), "wrong")]
    outcome = withdraw_response(
        db.session(),
        agency_ids=list_deciding_agency_ids(db.session(), path=desk.agency.path),
        key_hash=_keys().answer_hash(_receipt(desk, typed)),
        today=local_today(),
        is_correction=True,
    )
    if outcome is Withdrawal.TOO_LATE:
        return [Fault(gettext("Đã quá hạn rút lại: chỉ rút được đến hết ngày hôm sau ngày nhập."), "wrong")]
    if outcome is Withdrawal.NOT_FOUND:
        return [Fault(gettext("Không có phiếu nào mang số này ở đây."), "wrong")]
    record(db.session(), "entry.withdrawn", subject=desk.wave.code, agency_id=desk.agency.id)
    # Comments lie apart from the answers, so that nobody can tell which one was this sheet's.
    flask.flash(
        gettext(
            "Đã xoá phiếu; có thể nhập lại. Góp ý đã gõ, nếu có, vẫn ở chỗ chờ duyệt vì không gắn với phiếu nào: "
            "khi nhập lại, hãy để trống ô góp ý."
        ),
        "done",
    )
    return []


def _receipt(desk: Desk, typed: str) -> str:
    """Read the number of a sheet or a receipt; the number first, since some have as many symbols as a receipt."""
    try:
        number = read_sheet_number(typed, wave_code=desk.wave.code)
    except PaperError:
        receipt = read_receipt(typed)
        if receipt is None:
            raise
        return receipt
    return _keys().sheet_receipt(wave_id=desk.wave.id, number=number)


def _desk(agency: Agency) -> Desk | None:
    """Find where answers are to be entered; None where something is not chosen yet, or does not fit."""
    values = flask.request.values
    channel = values.get("channel", "")
    wave = next((wave for wave in _waves(agency) if str(wave.id) == values.get("wave")), None)
    point = next((point for point in _counters(agency) if str(point.id) == values.get("counter")), None)
    if wave is None or point is None or channel not in {PAPER, ASSISTED}:
        return None
    today = local_today()
    counter = find_counter(db.session(), _code(point), today=today)
    found = find_wave_at_counter(db.session(), service_point_id=point.id, wave_id=wave.id, today=today)
    if counter is None or found is None:
        return None
    return Desk(agency, wave, counter, found, get_questionnaire(db.session(), found.edition_id), channel)


def _waves(agency: Agency) -> list[Wave]:
    return [wave for wave in list_waves_over(db.session(), agency) if wave.state in STATES and not wave.release]


def _counters(agency: Agency) -> list[ServicePoint]:
    return [point for point in list_counters(db.session(), agency) if _code(point)]


def _code(point: ServicePoint) -> str:
    return next((code.code for code in point.codes if code.retired_on is None), "")


def _number(desk: Desk) -> int:
    return read_sheet_number(flask.request.form.get("_sheet", ""), wave_code=desk.wave.code)


def _day() -> date:
    # Whoever leaves the day out means today; a day that cannot be read is none that the wave has.
    text = flask.request.form.get("_day", "")
    return (read_day(text) or date.max) if text else local_today()


def _fields(questionnaire: Questionnaire) -> dict[str, str]:
    """Return what was typed as a citizen's form would send it: blanks left out, several options a field each."""
    own = {"csrf_token", "wave", "counter", "channel"}
    typed = {
        name: value.strip()
        for name, value in flask.request.form.items()
        if value.strip() and name not in own and not name.startswith(OWN)
    }
    for question in questionnaire.questions:
        if question.several and question.code in typed:
            numbers = typed.pop(question.code).replace(",", " ").split()
            digits = numbers if len(numbers) > 1 or len(question.options) > len("123456789") else list("".join(numbers))
            typed |= {f"{question.code}.{digit}": "1" if digit.isdecimal() else NO_NUMBER for digit in digits}
    return typed


def _check(desk: Desk, fields: dict[str, str]) -> Filled:
    return check_fields(
        fields,
        items=[item.code for item in desk.questionnaire.items],
        services=[service.key for service in desk.counter.services],
        questions=desk.questionnaire.questions,
    )


def _question(desk: Desk, code: str) -> str:
    """Return the words of a question: its code stands nowhere on the sheet."""
    texts = {item.code: item.text for item in desk.questionnaire.items}
    texts |= {question.code: question.text for question in desk.questionnaire.questions}
    text = texts.get(code, {"vi": code})
    return text.get(current_language()) or text["vi"]


def _box(desk: Desk, problem: Problem) -> str:
    """Return the id of the box where something is to be put right."""
    if problem.sentence == "unknown_item":
        typed = _fields(desk.questionnaire)
        known = {name for question in desk.questionnaire.questions for name in field_names(question)}
        several = [question.code for question in desk.questionnaire.questions if question.several]
        wrong = (code for code in several for name in typed if name.startswith(f"{code}.") and name not in known)
        code = next(wrong, "")
        return f"q-{code}" if code else ""
    return problem.place if problem.place in {"service", "comment", ""} else f"q-{problem.place}"


def _sentence(name: str, place: str) -> str:
    said: dict[str, str] = {
        "bad_rating": gettext("Câu “%(question)s” có số không hợp lệ; hãy xem lại.", question=place),
        "unknown_item": gettext("Có số không thuộc lựa chọn nào; hãy xem lại."),
        "unknown_service": gettext("Quầy này không có thủ tục đã chọn; hãy chọn lại."),
        "long_comment": gettext("Góp ý dài quá 1.000 ký tự; hãy rút ngắn."),
        "no_rating": gettext("Chưa có mức nào từ 1 đến 5. Nếu tờ để trống, hãy bấm “Tờ không hợp lệ”."),
    }
    return said.get(name, name)


def _choose(agency: Agency) -> str:
    counters = _counters(agency)
    return flask.render_template(
        "desk/entry_choice.html",
        agency=agency,
        waves=_waves(agency),
        counters=counters,
        elsewhere=[] if counters else list_counters_elsewhere(db.session(), agency),
        manages=current_scope().manages,
        is_demo=agency.is_demo,
    )


def _show(desk: Desk, filled: Filled, faults: list[Fault]) -> str:
    flask.g.content_security_policy = f"{POLICY}; script-src 'self'"
    key = _keys().issue(service_point_id=desk.counter.service_point_id, wave_id=desk.wave.id, day=local_today())
    return flask.render_template(
        "desk/entry.html",
        desk=desk,
        agency=desk.agency,
        filled=filled,
        typed={name: clean_text(value) for name, value in flask.request.form.items()} if faults else {},
        faults=faults,
        wrong={fault.box for fault in faults},
        first_wrong=next((fault.box for fault in faults if fault.box), "sheet"),
        day=flask.request.form.get("_day") or flask.request.args.get("day") or local_today().isoformat(),
        key=flask.request.form.get("_key") or key,
        today=local_today(),
        is_demo=desk.agency.is_demo,
    )


def _keys() -> FormKeys:
    return FormKeys(flask.current_app.config["SECRET_KEY"])
