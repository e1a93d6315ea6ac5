"""A province with answers of two waves and comments, as many as are asked for: stored as rows, then really folded."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import flask
import flask_migrate
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from survey.db import db
from survey.models.accounts import Official
from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.editions import Question, Questionnaire
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Response
from survey.models.tallies import FoldMark
from survey.services.accounts import create_official, grant_role
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point
from survey.services.editions import load_builtin_editions
from survey.services.fold import fold, last_day_to_fold
from survey.services.waves import WavePlan, close_wave, open_wave, plan_wave

DEPARTMENTS: Final = 4
COMMUNES: Final = 12
DAYS: Final = 250
# So few that ten thousand answers fill every cell that five million fill: what is compared is the same page.
PATTERNS: Final = 20
ANSWERS_A_COMMENT: Final = 10
BATCH: Final = 5
EMAIL: Final = "bench@example.vn"

COLUMNS: Final = (
    "agency_id, id, wave_id, questionnaire_edition_id, received_by_agency_id, service_point_id, service_id, "
    "answered_on, channel, language, verified, answers, burst, outside_hours, repeated_pattern, key_hash"
)
PATTERN_COLUMNS: Final = (
    "number integer primary key, channel text, language text, verified {boolean}, second integer, answers text"
)
# Ids begin with the day, as those of real answers do.
SQLITE: Final = f"""
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :rows)
    INSERT INTO responses ({COLUMNS})
    SELECT :agency, printf('%012x', :first + n * {DAYS} / :rows) || lower(hex(randomblob(10))), :wave, :edition,
        :agency,
        CASE second WHEN 0 THEN :counter_0 ELSE :counter_1 END, CASE second WHEN 0 THEN :service_0 ELSE :service_1 END,
        date(:opens_on, '+' || (n * {DAYS} / :rows) || ' days'), channel, language, verified, answers, 0, 0, 0,
        lower(hex(randomblob(16)))
    FROM numbers JOIN bench_patterns ON number = n % {PATTERNS}
"""  # noqa: S608  fixed words
POSTGRESQL: Final = f"""
    INSERT INTO responses ({COLUMNS})
    SELECT CAST(:agency AS uuid), CAST(lpad(to_hex(:first + n * {DAYS} / :rows), 12, '0')
            || substr(replace(gen_random_uuid()::text, '-', ''), 13) AS uuid),
        CAST(:wave AS uuid), CAST(:edition AS uuid), CAST(:agency AS uuid),
        CAST(CASE second WHEN 0 THEN :counter_0 ELSE :counter_1 END AS uuid),
        CAST(CASE second WHEN 0 THEN :service_0 ELSE :service_1 END AS uuid),
        CAST(:opens_on AS date) + CAST(n * {DAYS} / :rows AS integer), channel, language, verified,
        CAST(answers AS jsonb), false, false, false, replace(gen_random_uuid()::text, '-', '')
    FROM generate_series(CAST(0 AS bigint), CAST(:rows AS bigint) - 1) AS n
    JOIN bench_patterns ON number = n % {PATTERNS}
"""  # noqa: S608  fixed words
SQLITE_COMMENTS: Final = f"""
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :rows)
    INSERT INTO comments (agency_id, id, month, text, state, shown_text, batch)
    SELECT :agency, lower(hex(randomblob(16))), :month, :words, CASE n % 5 WHEN 0 THEN 'waiting' ELSE 'approved' END,
        CASE n % 5 WHEN 0 THEN NULL ELSE :words END, CASE n % 5 WHEN 0 THEN NULL ELSE 1 + n / {2 * BATCH} END
    FROM numbers
"""  # noqa: S608  fixed words
POSTGRESQL_COMMENTS: Final = f"""
    INSERT INTO comments (agency_id, id, month, text, state, shown_text, batch)
    SELECT CAST(:agency AS uuid), gen_random_uuid(), :month, CAST(:words AS varchar),
        CASE n % 5 WHEN 0 THEN 'waiting' ELSE 'approved' END,
        CASE n % 5 WHEN 0 THEN NULL ELSE CAST(:words AS varchar) END,
        CASE n % 5 WHEN 0 THEN NULL ELSE 1 + n / {2 * BATCH} END
    FROM generate_series(0, CAST(:rows AS integer) - 1) AS n
"""  # noqa: S608  fixed words


@dataclass(frozen=True)
class Place:
    """One agency that is rated, with its two counters and its two services."""

    agency_id: UUID
    counters: tuple[UUID, UUID]
    services: tuple[UUID, UUID]


@dataclass(frozen=True)
class BenchmarkProvince:
    """What answers name, and who looks at them."""

    province_id: UUID
    places: tuple[Place, ...]
    closed: UUID
    running: UUID
    edition_id: UUID
    official: str

    @property
    def department_id(self) -> UUID:
        """Return the department whose pages are looked at."""
        return self.places[0].agency_id


def lay_out(app: flask.Flask, *, migrate: bool = True) -> BenchmarkProvince:
    """Migrate the database and add a province, its bodies, a closed wave and one that runs, and an official."""
    today = local_today()
    with app.app_context():
        if migrate:
            flask_migrate.upgrade()
        session = db.session()
        load_builtin_editions(session, today=today)
        long_ago = today - timedelta(days=3 * 365)
        top = add_agency(session, code="B", kind="province", name="Tỉnh Đo Lường", valid_from=long_ago)
        kinds = ["department"] * DEPARTMENTS + ["commune"] * COMMUNES
        fields = [add_service_field(session, code=f"BF{number}", name=f"Lĩnh vực {number}") for number in (1, 2)]
        places = []
        for number, kind in enumerate(kinds):
            agency = add_agency(
                session, code=f"B{number:02}", kind=kind, name=f"Cơ quan {number}", valid_from=long_ago, parent=top
            )
            counters = [_counter(session, agency, one, long_ago) for one in (1, 2)]
            services = [
                add_service(session, agency=agency, code=f"BS{number}{one}", name=f"Thủ tục {one}", service_field=each)
                for one, each in enumerate(fields)
            ]
            places.append(_place(agency, counters, services))
        closed, running = _waves(session, top, today)
        official = create_official(session, email=EMAIL, name="Đo lường", password=None)
        grant_role(session, official, agency=top, role="survey_manager")
        session.commit()
        laid_out = BenchmarkProvince(
            top.id, tuple(places), closed.id, running.id, running.questionnaire_edition_id, _session_of(session)
        )
        db.engine.dispose()
    return laid_out


def fill(app: flask.Flask, province: BenchmarkProvince, rows: int) -> int:
    """Store so many answers and a tenth as many comments, and fold; return how many answers there are."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        with db.engine.connect() as connection:
            if is_sqlite:
                # On the driver's own connection, before any transaction; nothing here outlives the measurement.
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA synchronous = OFF")
                cursor.execute("PRAGMA cache_size = -500000")
            _store(connection, province, rows // (2 * len(province.places)), is_sqlite=is_sqlite)
        session = db.session()
        until = last_day_to_fold(local_today())
        fold(session, until=until, commit=session.commit)
        stored = _check_fold(session, province, until)
        session.commit()
        if is_sqlite:
            with db.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            # Or the database would tidy up while it is measured.
            with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        db.session.remove()
        db.engine.dispose()
    return stored


def _counter(session: Session, agency: Agency, number: int, since: date) -> ServicePoint:
    return add_service_point(session, agency=agency, name=f"Quầy {number}", today=since)


def _place(agency: Agency, counters: Sequence[ServicePoint], services: Sequence[Service]) -> Place:
    return Place(agency.id, (counters[0].id, counters[1].id), (services[0].id, services[1].id))


def _waves(session: Session, top: Agency, today: date) -> tuple[Wave, Wave]:
    newest = (
        select(QuestionnaireEdition)
        .where(QuestionnaireEdition.questionnaire == "counter")
        .order_by(QuestionnaireEdition.edition.desc())
        .limit(1)
    )
    edition, method = session.scalars(newest).one(), session.scalars(select(MethodEdition)).first()
    assert method is not None
    waves = []
    # The one that runs has answers until yesterday, so that two days of it wait for the fold, as they always do.
    for code, opens_on, length in (
        ("B1", today - timedelta(days=DAYS + 400), DAYS + 9),
        ("B2", today - timedelta(days=DAYS), DAYS + 9),
    ):
        last = opens_on + timedelta(days=length)
        plan = WavePlan(code, f"Đợt {code}", "self_selected", last.year, opens_on, last)
        wave = plan_wave(session, plan, agency=top, questionnaire_edition=edition, method_edition=method)
        open_wave(session, wave, today=opens_on)
        waves.append(wave)
        if last < today:
            close_wave(session, wave, today=last)
    return waves[0], waves[1]


def _session_of(session: Session) -> str:
    return session.scalars(select(Official.fs_uniquifier).where(Official.email == EMAIL)).one()


def _patterns(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """Draw what is answered, the same in every run."""
    generator = random.Random(5)  # noqa: S311  nothing secret
    return [
        {
            "number": number,
            "channel": ("qr", "kiosk", "paper", "qr", "assisted")[number % 5],
            "language": "km" if number % 4 == 3 else "vi",
            "verified": number % 3 == 0,
            "second": number % 2,
            "answers": json.dumps(
                {
                    **{
                        item.code: generator.choices((0, 1, 2, 3, 4, 5), (1, 1, 2, 3, 8, 9))[0]
                        for item in questionnaire.items
                    },
                    **{question.code: _chosen(question, number) for question in questionnaire.questions},
                }
            ),
        }
        for number in range(PATTERNS)
    ]


def _chosen(question: Question, number: int) -> int:
    """Choose an option, or two where several may be chosen (a bit for each)."""
    first, second = (step % len(question.options) for step in (number, 2 * number + 1))
    return 1 << first | 1 << second if question.several else first + 1


def _store(connection: Connection, province: BenchmarkProvince, rows: int, *, is_sqlite: bool) -> None:
    def key(value: UUID) -> str:
        return value.hex if is_sqlite else str(value)

    wave = select(Wave.id, Wave.opens_on, QuestionnaireEdition.content).join(Wave.questionnaire_edition)
    found = {row.id: row for row in connection.execute(wave)}
    patterns = _patterns(Questionnaire.from_content(found[province.running].content))
    columns = PATTERN_COLUMNS.format(boolean="boolean")
    connection.execute(text(f"CREATE TABLE bench_patterns ({columns})"))
    names = "number, channel, language, verified, second, answers"
    values = ", ".join(f":{name}" for name in names.split(", "))
    connection.execute(text(f"INSERT INTO bench_patterns ({names}) VALUES ({values})"), patterns)  # noqa: S608  fixed
    for place in province.places:
        for wave_id in (province.closed, province.running):
            given = {
                "agency": key(place.agency_id),
                "wave": key(wave_id),
                "edition": key(province.edition_id),
                **{f"counter_{number}": key(each) for number, each in enumerate(place.counters)},
                **{f"service_{number}": key(each) for number, each in enumerate(place.services)},
                "opens_on": found[wave_id].opens_on.isoformat() if is_sqlite else found[wave_id].opens_on,
                "first": found[wave_id].opens_on.toordinal(),
                "rows": rows,
            }
            connection.execute(text(SQLITE if is_sqlite else POSTGRESQL), given)
            connection.commit()
        words = {"agency": key(place.agency_id), "month": "2026-01", "words": "Chờ lâu vào sáng thứ hai."}
        comments = {**words, "rows": max(2 * rows // ANSWERS_A_COMMENT, 4 * BATCH)}
        connection.execute(text(SQLITE_COMMENTS if is_sqlite else POSTGRESQL_COMMENTS), comments)
        connection.commit()
    connection.execute(text("DROP TABLE bench_patterns"))
    connection.commit()


def _check_fold(session: Session, province: BenchmarkProvince, until: date) -> int:
    """Count what is stored and what the tallies hold; they must agree up to the last day that was folded."""
    agencies = [place.agency_id for place in province.places]
    counts = select(func.count()).select_from(Response).where(Response.agency_id.in_(agencies))
    closed = session.scalars(counts.where(Response.answered_on <= until)).one()
    held = select(func.sum(FoldMark.n)).where(FoldMark.agency_id.in_(agencies), FoldMark.dimension == "agency")
    if session.scalar(held) != closed:
        msg = f"the tallies hold {session.scalar(held)} of {closed} answers"
        raise RuntimeError(msg)
    return session.scalars(counts).one()
