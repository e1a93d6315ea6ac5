"""A small fictional province with counters in every state, for tests of citizens' pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point
from survey.services.editions import load_builtin_editions
from survey.services.waves import WavePlan, open_wave, plan_wave


@dataclass(frozen=True)
class World:
    """Counter ``plain`` serves its own commune; ``choice`` takes in cases of the commune and of two departments."""

    province: Agency
    commune: Agency
    department: Agency
    plain: ServicePoint
    choice: ServicePoint
    services: list[Service]
    wave: Wave

    @property
    def code(self) -> str:
        return self.plain.codes[0].code

    @property
    def choice_code(self) -> str:
        return self.choice.codes[0].code


def make_world(session: Session, *, today: date, is_demo: bool = True) -> World:
    """Add agencies, counters and an open wave with the counter form; the caller commits."""
    load_builtin_editions(session, today=today)
    since = date(2025, 7, 1)
    province = add_agency(session, code="T1", kind="province", name="Tỉnh Sông Lam Mẫu", valid_from=since)
    province.is_demo = is_demo
    session.flush()
    commune = add_agency(
        session,
        code="X1",
        kind="commune",
        name="UBND phường Hoa Sữa",
        name_en="People's Committee of Hoa Sua Ward",
        valid_from=since,
        parent=province,
    )
    department = add_agency(
        session,
        code="S1",
        kind="department",
        name="Sở Xây dựng",
        name_en="Department of Construction",
        valid_from=since,
        parent=province,
    )
    for agency in (commune, department):
        agency.is_demo = is_demo
    services = _add_services(session, commune, department)
    plain = add_service_point(
        session, agency=commune, name="Quầy 3 – Hộ tịch", name_en="Counter 3 – Civil status", today=today
    )
    choice = add_service_point(session, agency=commune, name="Quầy 5 – Liên thông", today=today, services=services)
    wave = plan_open_wave(session, province, today=today)
    return World(province, commune, department, plain, choice, services, wave)


def plan_open_wave(
    session: Session, agency: Agency, *, today: date, questionnaire: str = "counter/2026", code: str = "DOT-1"
) -> Wave:
    """Open a wave at every counter below ``agency``; an edition without a number is that of 2026."""
    name, _, number = questionnaire.partition("/")
    edition = session.scalars(
        select(QuestionnaireEdition).where(
            QuestionnaireEdition.questionnaire == name, QuestionnaireEdition.edition == (number or "2026")
        )
    ).one()
    plan = WavePlan(
        code=code,
        name="Đợt thử",
        sample_kind="self_selected",
        index_year=today.year,
        opens_on=today - timedelta(days=30),
        closes_on=today + timedelta(days=30),
    )
    wave = plan_wave(
        session,
        plan,
        agency=agency,
        questionnaire_edition=edition,
        method_edition=session.scalars(select(MethodEdition)).one(),
    )
    open_wave(session, wave, today=today)
    return wave


def _add_services(session: Session, commune: Agency, department: Agency) -> list[Service]:
    family = add_service_field(session, code="HT", name="Hộ tịch", name_en="Civil status")
    building = add_service_field(session, code="XD", name="Xây dựng", name_en="Construction")
    return [
        add_service(session, code="1.001", name="Đăng ký khai sinh", service_field=family, agency=commune),
        add_service(session, code="1.002", name="Đăng ký kết hôn", service_field=family, agency=commune),
        add_service(session, code="2.001", name="Cấp giấy phép xây dựng", service_field=building, agency=department),
    ]
