"""The demo: a fictional province with two years of closed waves and one that is open now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Comment, IntakeMeter, Response
from survey.services.accounts import create_official, grant_role, one_time_password
from survey.services.demo_answers import Place, draw_comments, draw_days, draw_population, draw_responses
from survey.services.demo_index import add_demo_index
from survey.services.demo_more import (
    add_household_survey,
    exclude_test_answers,
    hand_out_slips,
    sign_documents,
)
from survey.services.demo_province import DemoProvince, RatedAgency, add_demo_province, read_demo_file
from survey.services.editions import load_builtin_editions
from survey.services.fold import fold, last_day_to_fold
from survey.services.improvements import write_improvement
from survey.services.paper import PaperOrder, print_series
from survey.services.progress import Progress, no_progress
from survey.services.releases import draft_release, release_wave, review_wave
from survey.services.waves import (
    WavePlan,
    close_wave,
    first_release_day,
    open_wave,
    plan_wave,
    set_population_size,
)

ANSWERING: Final = ("Tạo phiếu minh hoạ", "Making up answers")
FOLDING: Final = ("Tổng hợp", "Folding")
QUESTIONNAIRE: Final = ("counter", "2026")
METHOD: Final = "par-2026"
YEARS_BACK: Final = (2, 1, 0)
DAYS_OF_A_YEAR: Final = 365
DAYS_METERED: Final = 90
METERED: Final = frozenset({"qr", "kiosk", "transaction"})
NINE_O_CLOCK: Final = 54  # in tens of minutes
# Of the sheets that are handed out not every one comes back.
SHEETS_FOR_AN_ANSWER: Final = 1.4
# Who signs in: e-mail, name, role, and the code of the agency (the province where there is none).
OFFICIALS: Final = (
    ("khaosat@lacgiang.example", "Cán bộ khảo sát (minh hoạ)", "survey_manager", None),
    ("soatxet@lacgiang.example", "Cán bộ soát xét (minh hoạ)", "survey_manager", None),
    ("congbo@lacgiang.example", "Lãnh đạo công bố (minh hoạ)", "survey_manager", None),
    ("xem.tuphap@lacgiang.example", "Cán bộ Sở Tư pháp (minh hoạ)", "viewer", "LG-S03"),
    ("tuphap@lacgiang.example", "Văn phòng Sở Tư pháp (minh hoạ)", "agency_manager", "LG-S03"),
)


@dataclass(frozen=True, slots=True)
class DemoOfficial:
    """Somebody of the demo who may sign in; the password is random and stored as a hash only."""

    id: UUID
    email: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was loaded, and the counter and officials to try it with."""

    root_code: str
    counter_code: str
    counter_name: str
    officials: tuple[DemoOfficial, ...]
    responses: int


def load_demo(session: Session, *, today: date, progress: Progress = no_progress) -> DemoReport:
    """Load the province that does not exist; the answers are the same for the same ``today``.

    Waves: the index year before last (closed and released), last year (closed), this year (open since 1 January), and
    a survey of households of last year.
    """
    began_on = date(today.year - max(YEARS_BACK), 1, 1)
    # Published before anybody answered them: later than that no edition of a wave can be.
    load_builtin_editions(session, today=began_on)
    data = read_demo_file()
    province = add_demo_province(session, data, valid_from=began_on)
    officials = _add_officials(session, province)
    waves = [_plan(session, province, today.year - back, is_this_year=not back) for back in YEARS_BACK]
    places = _places(session, province)
    stored, total = 0, sum(agency.responses for agency in province.rated) * len(waves)
    for position, wave in enumerate(waves):
        open_wave(session, wave, today=wave.opens_on, service_points=province.counters)
        for rated in province.rated:
            stored += _answer(session, wave, rated, places[rated.agency.id], position, today)
            progress(ANSWERING, stored, total)
        _print_sheets(session, province, wave, by=officials[0].id)
        if wave.closes_on < today:
            close_wave(session, wave, today=wave.closes_on)
    _comment(session, province, data["comments"]["texts"], today)
    hand_out_slips(session, province, waves, today=today)
    sign_documents(session, province, today=today)
    for wave in waves:
        if wave.state == "closed":
            exclude_test_answers(session, province, wave, by=officials[0].id)
    stored += add_household_survey(session, province, year=today.year - 1, usual_method=waves[0].method_edition)
    _say_what_changed(session, province, data["changes"], by=officials[0].id, today=today)
    fold(
        session,
        until=last_day_to_fold(today),
        progress=lambda done, of: progress(FOLDING, done, of),
    )
    _release(session, waves[0], officials)
    add_demo_index(session, province, by=officials[0].id, appraiser=officials[1].id, today=today)
    counter = province.counters[0]
    return DemoReport(province.root.code, counter.codes[0].code, counter.name, officials, stored)


def _plan(session: Session, province: DemoProvince, year: int, *, is_this_year: bool) -> Wave:
    questionnaire, edition = QUESTIONNAIRE
    return plan_wave(
        session,
        WavePlan(
            code=f"LG-{year}",
            name=f"Khảo sát tại quầy năm {year}",
            name_en=f"Counter survey {year}",
            sample_kind="self_selected",
            index_year=year,
            opens_on=date(year, 1, 1) if is_this_year else date(year, 3, 1),
            closes_on=date(year, 12, 31) if is_this_year else date(year, 11, 30),
        ),
        agency=province.root,
        questionnaire_edition=session.scalars(
            select(QuestionnaireEdition).where(
                QuestionnaireEdition.questionnaire == questionnaire, QuestionnaireEdition.edition == edition
            )
        ).one(),
        method_edition=session.scalars(select(MethodEdition).where(MethodEdition.code == METHOD)).one(),
    )


def _places(session: Session, province: DemoProvince) -> dict[UUID, list[Place]]:
    """Return for each agency the counters and services at which its cases come in."""
    places: dict[UUID, list[Place]] = defaultdict(list)
    for counter in province.counters:
        for service in counter.services:
            places[service.agency_id].append(Place(counter.id, counter.agency_id, service.id))
    session.flush()
    return places


def _answer(
    session: Session, wave: Wave, rated: RatedAgency, places: Sequence[Place], position: int, today: date
) -> int:
    """Store what an agency's citizens answered in a wave, with N of every month; return how many they were."""
    agency = rated.agency
    last = min(wave.closes_on, today - timedelta(days=1))
    length = (last - wave.opens_on).days + 1
    is_whole = last == wave.closes_on
    count = rated.responses if is_whole else round(rated.responses * length / DAYS_OF_A_YEAR)
    days = draw_days(wave.code, agency.code, count=count, first=wave.opens_on, last=last)
    rows = draw_responses(
        wave,
        Questionnaire.from_content(wave.questionnaire_edition.content),
        agency_id=agency.id,
        agency_code=agency.code,
        places=places,
        satisfied=rated.satisfied[position],
        days=days,
    )
    if batch := list(rows):
        session.connection().execute(insert(Response), batch)
        _meter(session, batch, since=today - timedelta(days=DAYS_METERED))
    by_month = Counter(f"{day:%Y-%m}" for day in days)
    for month in _months(wave.opens_on, last):
        transactions = draw_population(wave.code, agency.code, month, by_month[month])
        set_population_size(session, wave=wave, agency=agency, month=month, transactions=transactions)
    return len(batch)


def _meter(session: Session, rows: Sequence[dict[str, Any]], *, since: date) -> None:
    """Count what came in at the counters of late, as the intake does; sheets of paper are not metered."""
    counts = Counter(
        (row["received_by_agency_id"], row["service_point_id"], row["answered_on"])
        for row in rows
        if row["answered_on"] >= since and row["channel"] in METERED
    )
    meters = insert_on_conflict(session.get_bind().dialect.name, IntakeMeter)
    meters = meters.on_conflict_do_update(
        index_elements=["agency_id", "service_point_id", "day", "ten_minutes"],
        set_={"count": IntakeMeter.count + meters.excluded.count},
    )
    columns = ("agency_id", "service_point_id", "day")
    metered = [
        {**dict(zip(columns, key, strict=True)), "ten_minutes": NINE_O_CLOCK, "count": counts[key]}
        for key in sorted(counts, key=str)
    ]
    if metered:
        session.execute(meters, metered)


def _months(first: date, last: date) -> list[str]:
    """Return the months from the first day to the last; none where the last comes first."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month) if first <= last else ()
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def _comment(session: Session, province: DemoProvince, texts: Sequence[str], today: date) -> None:
    month = f"{today - timedelta(days=today.day):%Y-%m}"
    # Those to the first agency wait, so that there is something to moderate; all others can be read.
    waiting = {"state": "waiting", "shown_text": None, "batch": None}
    rows: list[dict[str, Any]] = [
        {
            "agency_id": rated.agency.id,
            "id": uuid4(),
            "month": month,
            "text": text,
            **({"state": "approved", "shown_text": text, "batch": 1} if place else waiting),
        }
        for place, rated in enumerate(province.rated)
        for text in draw_comments(rated.agency.code, texts)
    ]
    session.execute(insert(Comment), rows)


def _print_sheets(session: Session, province: DemoProvince, wave: Wave, *, by: UUID) -> None:
    """Print, for whoever took in answers on paper, the sheets they came on and those that did not come back."""
    statement = (
        select(Response.received_by_agency_id, func.count())
        .where(
            Response.agency_id.in_([rated.agency.id for rated in province.rated]),
            Response.wave_id == wave.id,
            Response.channel == "paper",
        )
        .group_by(Response.received_by_agency_id)
    )
    came_back = {row[0]: row[1] for row in session.execute(statement)}
    for owner in province.agencies.values():
        if sheets := round(came_back.get(owner.id, 0) * SHEETS_FOR_AN_ANSWER):
            order = PaperOrder(wave, owner, None, wave.questionnaire_edition_id, "vi", sheets)
            print_series(session, order=order, by=by, today=wave.opens_on)


def _say_what_changed(
    session: Session, province: DemoProvince, changes: Sequence[dict[str, Any]], *, by: UUID, today: date
) -> None:
    for change in changes:
        day = today - timedelta(days=change["days_ago"])
        agency = province.agencies[change["agency"]]
        write_improvement(session, agency, text=change["text"], text_en=change["text_en"], by=by, today=day)


def _release(session: Session, wave: Wave, officials: Sequence[DemoOfficial]) -> None:
    day = first_release_day(wave)
    draft_release(session, wave, drafted_by=officials[0].id, today=day)
    review_wave(session, wave, reviewed_by=officials[1].id, today=day)
    release_wave(session, wave, released_by=officials[2].id, today=day)


def _add_officials(session: Session, province: DemoProvince) -> tuple[DemoOfficial, ...]:
    added = []
    for email, name, role, agency_code in OFFICIALS:
        password = one_time_password()
        official = create_official(session, email=email, name=name, password=password)
        agency = province.agencies[agency_code] if agency_code else province.root
        grant_role(session, official, agency=agency, role=role)
        added.append(DemoOfficial(official.id, email, role, password))
    return tuple(added)
