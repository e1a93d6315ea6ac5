"""The receipt of an answer: that it is stored, and the way to take it back.  Nothing of what it says."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from urllib.parse import quote

import flask

from survey.citizen.blueprint import blueprint
from survey.citizen.intake import current_intake
from survey.citizen.pages import current_words, notice, page, written_day
from survey.db import reading
from survey.models.identifiers import local_today, read_counter_code
from survey.queries.counters import Counter
from survey.queries.improvements import Aftermath, get_aftermath
from survey.queries.receipts import ReceivedAnswer, find_received_answer, find_standing
from survey.services.form_keys import read_receipt, written_receipt
from survey.services.withdrawals import Withdrawal, withdraw_response
from survey.services.writer import write_alone
from survey.web.access import citizen


@blueprint.get("/R")
@blueprint.get("/r")
@citizen
def receipt_box() -> flask.typing.ResponseReturnValue:
    """Show the boxes in which counter and receipt are typed by hand, or go to the receipt that was typed."""
    code = read_counter_code(flask.request.args.get("code", ""))
    receipt = read_receipt(flask.request.args.get("receipt", ""))
    if code and receipt:
        return flask.redirect(f"/R/{code}/{receipt}?lang={current_words().tag}", HTTPStatus.SEE_OTHER)
    title = current_words().say("receipt_box")
    status = HTTPStatus.BAD_REQUEST if flask.request.args.keys() & {"code", "receipt"} else HTTPStatus.OK
    sentence = current_words().say("no_receipt" if status is HTTPStatus.BAD_REQUEST else "receipt_where")
    return page("citizen/notice.html", status, counter=None, title=title, sentence=sentence, ask_receipt=True)


@blueprint.get("/R/<code>/<receipt>")
@citizen
def show_receipt(code: str, receipt: str) -> flask.typing.ResponseReturnValue:
    """Thank, show the receipt, and offer to take the answer back while there is time."""
    counter, answer = _find(code, receipt)
    if counter is None or answer is None:
        return _not_found(counter)
    with reading(current_intake().engine) as session:
        standing = find_standing(session, answer)
        # Naming the agency that was rated would tell which service was chosen at a counter; a slip names it anyway.
        agency_id = answer.agency_id if counter.is_slip_place else counter.serves_agency_id
        aftermath = get_aftermath(session, agency_id)
        line = aftermath if aftermath.text else get_aftermath(session, counter.agency_id)
    return page(
        "citizen/receipt.html",
        counter=counter,
        here=flask.request.path,
        receipt=written_receipt(read_receipt(receipt) or ""),
        is_repeat="again" in flask.request.args,
        can_withdraw=local_today() <= answer.last_day_to_withdraw,
        last_day=written_day(answer.last_day_to_withdraw),
        standing=standing,
        aftermath=aftermath,
        line=line,
        changed_on=written_day(line.written_on) if line.written_on else "",
        results=_results_of(counter, aftermath),
    )


@blueprint.get("/R/<code>/<receipt>/withdraw")
@citizen
def ask_to_withdraw(code: str, receipt: str) -> flask.typing.ResponseReturnValue:
    """Ask whether the answer is really to be erased."""
    counter, answer = _find(code, receipt)
    if counter is None or answer is None:
        return _not_found(counter)
    if local_today() > answer.last_day_to_withdraw:
        return _too_late(counter)
    return page("citizen/withdraw.html", counter=counter, here=f"/R/{code}/{receipt}")


@blueprint.post("/R/<code>/<receipt>/withdraw")
@citizen
def withdraw(code: str, receipt: str) -> flask.typing.ResponseReturnValue:
    """Erase the answer."""
    counter, _ = _find(code, receipt)
    if counter is None:
        return _not_found(None)
    task = partial(
        withdraw_response,
        agency_ids=counter.deciding_agency_ids,
        key_hash=_answer_hash(receipt),
        today=local_today(),
    )
    outcome = write_alone(current_intake().engine, task)
    if outcome is Withdrawal.TOO_LATE:
        return _too_late(counter)
    if outcome is Withdrawal.NOT_FOUND:
        return _not_found(counter)
    return notice(counter, HTTPStatus.OK, "withdrawn", **_new_form(counter))


def _find(code: str, receipt: str) -> tuple[Counter | None, ReceivedAnswer | None]:
    """Find the counter, retired or not, and the answer."""
    known = read_counter_code(code)
    found = current_intake().find(known) if known else None
    if found is None:
        return None, None
    if read_receipt(receipt) is None:
        return found.counter, None
    agency_ids, key_hash = found.counter.deciding_agency_ids, _answer_hash(receipt)
    with reading(current_intake().engine) as session:
        return found.counter, find_received_answer(session, agency_ids=agency_ids, key_hash=key_hash)


def _results_of(counter: Counter, aftermath: Aftermath) -> tuple[str, str]:
    """Return where results are published: the path, and the whole address to be written down.

    Where a counter takes in cases of several agencies it is the list, for the same reason.
    """
    is_one = counter.is_slip_place or len(counter.deciding_agency_ids) == 1
    path = f"/ket-qua/{quote(aftermath.agency_code, safe='')}" if is_one else "/ket-qua"
    host = flask.current_app.config["PUBLIC_URL"].partition("://")[2]
    return path, f"{host}{path}"


def _answer_hash(receipt: str) -> str:
    return current_intake().keys.answer_hash(read_receipt(receipt) or "")


def _not_found(counter: Counter | None) -> flask.Response:
    return notice(counter, HTTPStatus.NOT_FOUND, "no_receipt", ask_receipt=True)


def _too_late(counter: Counter) -> flask.Response:
    return notice(
        counter, HTTPStatus.GONE, "too_late", sentence=current_words().say("withdraw_over"), **_new_form(counter)
    )


def _new_form(counter: Counter) -> dict[str, str]:
    words = current_words()
    return {"next_href": f"/Q/{counter.code}?lang={words.tag}", "next_words": words.say("new_form")}
