"""Nothing is changed on a page without an entry in the audit; and every entry has words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import LAST_JUNE, PASSWORD, YEAR, Province
from survey.admin.verbs import VERBS
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.fieldwork import Wave
from survey.services.accounts import grant_role
from survey.services.jobs import request_job

PROJECT = Path(__file__).resolve().parents[2]
HEALTH = "/desk/agencies/{health}"
# What each route is sent, and the verb it leaves; a wave's own state changes on the way down the list.
ACTS = {
    "desk.extend_a_wave": ("/desk/waves/{open}/extension", {"closes_on": f"{YEAR + 1}-01-31"}, "wave.extended"),
    "desk.wave_target": (
        "/desk/waves/{open}/target",
        {"margin": "5", "design_effect": "1", "participation": "20"},
        "wave.target_set",
    ),
    "desk.edit_a_wave": ("/desk/waves/{open}/edit", {"name": "Tên khác"}, "wave.changed"),
    "desk.pause_a_wave": ("/desk/waves/{open}/pause", {}, "wave.paused"),
    "desk.open_a_wave": ("/desk/waves/{open}/open", {}, "wave.resumed"),
    "desk.close_a_wave": ("/desk/waves/{open}/close", {}, "wave.closed"),
    "desk.draft_a_release": ("/desk/waves/{closed}/draft", {}, "wave.release_drafted"),
    "desk.set_population": (
        HEALTH + "/waves/{closed}/population",
        {f"month_{YEAR - 1}_06": "50"},
        "population.set",
    ),
    "desk.annual_documents": (f"{HEALTH}/annual/{YEAR - 1}/documents", {}, "job.requested"),
    "desk.choose_language": ("/desk/account/language", {"language": "en"}, "account.language_chosen"),
    "desk.end_other_sessions": ("/desk/account/sessions", {}, "account.sessions_ended"),
    "admin.invite": (
        "/admin/officials/invite",
        {"email": "moi@a.vn", "name": "Mới", "agency": "99.01", "role": "viewer", "language": "vi"},
        "account.invited",
    ),
    "admin.give": ("/admin/officials/{other}/roles", {"agency": "99.01", "role": "auditor"}, "account.role_given"),
    "admin.take": ("/admin/officials/{other}/roles/{grant}/take", {}, "account.role_taken"),
    "admin.make_link": ("/admin/officials/{kept}/link", {}, "account.link_made"),
    "admin.act_on": ("/admin/officials/{kept}/close", {}, "account.closed"),
    "desk.password": (
        "/desk/password",
        {"old": PASSWORD, "new": "một câu khác cũng dễ nhớ", "again": "một câu khác cũng dễ nhớ"},
        "account.password_changed",
    ),
    "desk.sign_out": ("/sign-out", {}, "sign_out.done"),
}
# Routes whose entry is seen to elsewhere, or that have none, and why.
ELSEWHERE = {
    "desk.attempt_sign_in": "desk/test_second_factor.py and below",
    "desk.second_factor": "desk/test_second_factor.py",
    "desk.set_up_second_factor": "records account.second_factor_set_up, services/second_factor",
    "desk.change_second_factor": "likewise",
    "desk.change_recovery_codes": "records account.recovery_codes_renewed",
    "desk.first_password": "records account.password_set",
    "desk.stop_a_job": "below",
    "admin.withdraw": "admin/test_changes.py",
    "desk.plan_a_wave": "desk/test_wave_life.py",
    "desk.delete_a_wave": "desk/test_wave_faults.py",
    "desk.choose_counters": "services/test_wave_life.py",
    "desk.leave_out_busy": "likewise",
    "desk.exclude": "desk/test_wave_life.py",
    "desk.try_population_file": "keeps nothing",
    "desk.keep_population_file": "desk/test_wave_life.py",
    "desk.retry_a_job": "desk/test_schedules.py",
    "desk.schedules": "likewise",
    "desk.draft_a_year": "desk/test_releases.py",
    "desk.review_a_release": "likewise",
    "desk.publish_a_release": "likewise",
    "desk.send_a_release_back": "likewise",
    "desk.drop_a_release": "likewise",
}


def test_the_acts_that_are_tried_are_routes_that_change_something(app: flask.Flask) -> None:
    """Those not tried here are held by ``test_audit_reach``, or by the tests of their own part."""
    changing = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}

    assert set(ACTS) | set(ELSEWHERE) <= changing


def test_every_act_leaves_an_entry_of_who_did_it(session: Session, sign_in: SignIn, province: Province) -> None:
    names = prepare(session, province)
    actor = f"official:{find(session, 'giamdoc').id}"
    for endpoint, (path, data, verb) in ACTS.items():
        # Anew each time: some acts end the sessions of who does them.
        client = sign_in("giamdoc")
        before = count(session)
        response = client.post(path.format(**names), data=data)
        assert response.status_code in {200, 302, 303}, (endpoint, response.status_code)
        assert count(session) == before + 1, endpoint
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1)).one()
        assert (last.verb, last.actor) == (verb, actor), endpoint


def test_downloads_and_cancelled_jobs_leave_an_entry(session: Session, sign_in: SignIn, province: Province) -> None:
    names, client = prepare(session, province), sign_in("giamdoc")
    for path, method, verb in [
        ("/desk/agencies/{health}/waves/{closed}/report.csv", "GET", "document.downloaded"),
        ("/desk/jobs/{job}/cancel", "POST", "job.cancelled"),
    ]:
        before = count(session)
        assert client.open(path.format(**names), method=method).status_code in {200, 303}
        assert count(session) == before + 1, path
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1)).one()
        assert last.verb == verb


def test_a_flood_at_the_door_does_not_flood_the_audit(app: flask.Flask, session: Session) -> None:
    for number in range(4):
        app.test_client().post("/sign-in", data={"email": f"a{number}@a.vn", "password": "x"})
    for _ in range(8):
        app.test_client().post("/sign-in", data={"email": "xem@songmay.example", "password": "x"})

    told = [(entry.verb, entry.subject) for entry in session.scalars(select(AuditEntry)) if "sign_in" in entry.verb]
    assert told.count(("sign_in.unknown", "")) == 1
    assert told.count(("sign_in.failed", "xem@songmay.example")) == 5
    assert len(told) == 6


def test_every_verb_in_the_code_has_words_and_every_word_its_verb() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (PROJECT / "survey").rglob("*.py") if path.stem != "verbs"
    )
    things = "|".join(sorted({verb.partition(".")[0] for verb in VERBS}))
    said = set(re.findall(rf'"((?:{things})\.[a-z_]+)"', code))

    assert set(VERBS) - said == set()
    recorded = re.findall(r'record(?:_own)?\(\s*[\w.()]+,\s*(?:\w+,\s*)?"([a-z_]+\.[a-z_]+)"', code)
    assert set(recorded) - set(VERBS) == set()


def prepare(session: Session, province: Province) -> dict[str, object]:
    """Make the director an administrator too, and give him a job and officials to act on."""
    top = session.get_one(Agency, province.province)
    director, other = find(session, "giamdoc"), find(session, "xa")
    for official in (director, find(session, "phogiamdoc")):
        grant_role(session, official, agency=top, role="administrator")
    session.get_one(Wave, province.closed).closed_on = LAST_JUNE
    job = request_job(
        session, kind="annual", arguments={}, official_id=director.id, agency_id=top.id, now=datetime.now(tz=UTC)
    )
    session.commit()
    return {
        "health": province.health,
        "open": province.open,
        "closed": province.closed,
        "job": job.id,
        "other": other.id,
        "grant": other.grants[0].id,
        "kept": find(session, "yte").id,
    }


def find(session: Session, name: str) -> Official:
    return session.scalars(select(Official).where(Official.email == f"{name}@songmay.example")).one()


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0
