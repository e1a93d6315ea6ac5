"""A province of four agencies with two waves and officials of every kind, for tests of officials' pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today, response_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Response
from survey.services.accounts import create_official, grant_role
from survey.services.agencies import add_agency, add_service_point
from survey.services.editions import load_builtin_editions
from survey.services.fold import fold
from survey.services.waves import WavePlan, close_wave, open_wave, plan_wave, set_population_size

PASSWORD = "một câu thật dễ nhớ"
YEAR = local_today().year
START = date(2020, 1, 1)
LAST_JUNE = date(YEAR - 1, 6, 15)


@dataclass(frozen=True)
class Province:
    """Ids of what every test of the desk stands on.

    In ``closed`` (last year) 12 people rated the health department, 10 of them satisfied, and 9 the commune;
    ``open`` runs this year and has no answer yet.
    """

    province: UUID
    health: UUID
    clinic: UUID
    commune: UUID
    closed: UUID
    open: UUID
    counter: UUID
    director: UUID
    deputy: UUID
    office: UUID


def make_province(session: Session) -> Province:
    """Add everything; the caller commits."""
    top = add_agency(session, code="99", kind="province", name="Tỉnh Sông Mây", name_en="Song May", valid_from=START)
    health = add_agency(session, code="99.01", kind="department", name="Sở Y tế", valid_from=START, parent=top)
    clinic = add_agency(session, code="99.01.1", kind="unit", name="Bệnh viện 10", valid_from=START, parent=health)
    commune = add_agency(session, code="99.02", kind="commune", name="Xã Đông Hà", valid_from=START, parent=top)
    counter = add_service_point(session, agency=commune, name="Quầy số 1", today=START)
    officials = {
        name: add_official(session, name, agency, role)
        for name, agency, role in [
            ("giamdoc", top, "survey_manager"),
            ("phogiamdoc", top, "survey_manager"),
            ("vanphong", top, "survey_manager"),
            ("xem", top, "viewer"),
            ("kiemtra", top, "auditor"),
            ("yte", health, "survey_manager"),
            ("xa", commune, "agency_manager"),
            ("khong", None, ""),
        ]
    }
    load_builtin_editions(session, today=START)
    closed, opened = (add_wave(session, top, year) for year in (YEAR - 1, YEAR))
    open_wave(session, closed, today=LAST_JUNE)
    set_population_size(session, wave=closed, agency=health, month=f"{YEAR - 1}-06", transactions=48)
    add_answers(session, closed, health, satisfied=10, dissatisfied=2)
    add_answers(session, closed, commune, satisfied=9, dissatisfied=0)
    close_wave(session, closed, today=closed.closes_on)
    open_wave(session, opened, today=local_today())
    fold(session, until=LAST_JUNE)
    return Province(
        province=top.id,
        health=health.id,
        clinic=clinic.id,
        commune=commune.id,
        closed=closed.id,
        open=opened.id,
        counter=counter.id,
        director=officials["giamdoc"],
        deputy=officials["phogiamdoc"],
        office=officials["vanphong"],
    )


def add_official(session: Session, name: str, agency: Agency | None, role: str) -> UUID:
    official = create_official(
        session, email=f"{name}@songmay.example", name=f"Cán bộ {name}", password=PASSWORD, must_change_password=False
    )
    if agency is not None:
        grant_role(session, official, agency=agency, role=role)
    return official.id


def add_wave(session: Session, agency: Agency, year: int) -> Wave:
    plan = WavePlan(
        code=f"quay-{year}",
        name=f"Khảo sát tại quầy năm {year}",
        name_en=f"Counter survey {year}",
        sample_kind="self_selected",
        index_year=year,
        opens_on=date(year, 1, 1),
        closes_on=date(year, 12, 31),
    )
    edition = select(QuestionnaireEdition).where(
        QuestionnaireEdition.questionnaire == "counter", QuestionnaireEdition.edition == "2026"
    )
    return plan_wave(
        session,
        plan,
        agency=agency,
        questionnaire_edition=session.scalars(edition).one(),
        method_edition=session.scalars(select(MethodEdition)).first(),
    )


def add_answers(session: Session, wave: Wave, agency: Agency, *, satisfied: int, dissatisfied: int) -> None:
    items = Questionnaire.from_content(wave.questionnaire_edition.content).items
    for level in [5] * satisfied + [2] * dissatisfied:
        session.add(
            Response(
                agency_id=agency.id,
                id=response_id(LAST_JUNE),
                wave_id=wave.id,
                questionnaire_edition_id=wave.questionnaire_edition_id,
                received_by_agency_id=agency.id,
                answered_on=LAST_JUNE - timedelta(days=1),
                channel="qr",
                language="vi",
                answers={item.code: level for item in items},
                key_hash=uuid4().hex,
            )
        )
    session.flush()
