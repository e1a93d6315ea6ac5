"""The reorganisation of 1 July 2025: 63 provinces become 34, ten thousand communes become 3,316."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from small_world import METHOD, QUESTIONNAIRE, World
from survey.findings.history import history_of
from survey.models.accounts import Grant
from survey.models.agencies import Agency
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.editions import content_sha256
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Response
from survey.services.accounts import create_official, grant_role
from survey.services.agencies import add_agency, add_service_point
from survey.services.commune_file import read_communes
from survey.services.commune_values import CommuneRow
from survey.services.errors import AgencyError, ImportRefusedError
from survey.services.fold import fold
from survey.services.lookups import find_agency
from survey.services.reorganisation import Outcome, Reorganisation, reorganise
from survey.services.reorganisation_plan import ReorganisationPlan, make_plan, provinces_of, read_provinces
from survey.services.table_file import read_table

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
COMMUNES, PROVINCES = SHARED / "commune_old_to_new_2025.csv", SHARED / "vn63_to_vn34.csv"
needs_files = pytest.mark.skipif(not COMMUNES.exists(), reason="the files of ../shared/data are not there")
DAY, TODAY = date(2025, 7, 1), date(2026, 11, 22)
ASKED = Reorganisation(DAY, "Nghị quyết 202/2025/QH15", date(2004, 1, 1))


def row(old: str, new: str, *, extent: str = "whole", old_province: str = "02", province: str = "08") -> CommuneRow:
    made = CommuneRow(
        1, old, f"Xã {old}", "xã", "", "", old_province, f"Tỉnh {old_province}", new, f"Xã {new}", "xã", province,
        f"Tỉnh {province}", "", "whole",
    )  # fmt: skip
    return replace(made, extent=extent)  # type: ignore[arg-type]  # one of the three


def plan_of(rows: Iterable[CommuneRow]) -> ReorganisationPlan:
    listed = list(rows)
    return make_plan(listed, (), provinces_of(listed))


@pytest.fixture(scope="module")
def national() -> ReorganisationPlan:
    file = read_communes(read_table(COMMUNES.read_bytes(), name=COMMUNES.name))
    return make_plan(file.rows, file.oddities, read_provinces(read_table(PROVINCES.read_bytes(), name=PROVINCES.name)))


def world_before(session: Session) -> World:
    """Add Hà Giang and Tuyên Quang as they were, with three communes of which two merged, a department and a wave."""
    questionnaire = QuestionnaireEdition(
        questionnaire="small", edition="1", content=QUESTIONNAIRE, sha256=content_sha256(QUESTIONNAIRE),
        published_on=DAY,
    )  # fmt: skip
    method = MethodEdition(code="small-method", content=METHOD, sha256=content_sha256(METHOD))
    session.add_all([questionnaire, method])
    session.flush()
    world = World(session, questionnaire, method)
    for code, kind, parent, name in [
        ("08", "province", "", "Tỉnh Tuyên Quang"),
        ("02", "province", "", "Tỉnh Hà Giang"),
        ("02.SNV", "department", "02", "Sở Nội vụ Hà Giang"),
    ]:
        world.agencies[code] = add_agency(
            session, code=code, kind=kind, name=name, valid_from=date(2010, 1, 1), parent=world.agencies.get(parent)
        )
    return world


@needs_files
def test_the_whole_country_is_read_as_the_resolutions_say(national: ReorganisationPlan) -> None:
    assert (len(national.old_provinces), len(national.provinces)) == (63, 34)
    assert national.count(national.provinces) == {"unchanged": 11, "merge": 23}
    assert (len(national.old_communes), len(national.communes)) == (10_033, 3_316)
    # Unchanged ones of a province that merged lie under another one now: their history goes on as a move.
    counts = national.count(national.communes)
    assert counts == {"merge": 2769, "split": 415, "move": 88, "unchanged": 43, "rename": 1}
    assert len(national.divided) == 441
    assert next((odd.value, odd.probably) for odd in national.corrected) == ("82", "80")
    assert national.old_communes["27691"].province == "80"
    assert not [unit.name for unit in national.communes if unit.name.startswith("Xa ")]


@needs_files
def test_the_country_is_imported_and_answers_stay_with_the_old_communes(
    session: Session, national: ReorganisationPlan
) -> None:
    world = world_before(session)
    unit = next(
        unit
        for unit in national.communes
        if unit.fate == "merge" and unit.province == "08" and len(unit.parts) == 2
        and all(national.old_communes[part.code].province == "02" for part in unit.parts)
    )  # fmt: skip
    codes = [part.code for part in unit.parts]
    for code in codes:
        world.agencies[code] = add_agency(
            session, code=code, kind="commune", name=national.old_communes[code].name, valid_from=date(2010, 1, 1),
            parent=world.agencies["02"],
        )  # fmt: skip
    counter = add_service_point(session, agency=world.agencies[codes[0]], name="Quầy 1", today=date(2024, 1, 1))
    official = create_official(session, email="a@a.vn", name="An", password=None)
    grant_role(session, official, agency=world.agencies["02"], role="survey_manager")
    world.add_wave("W24", year=2024, state="closed", root="02")
    for code, satisfied, others in ((codes[0], 90, 10), (codes[1], 20, 20)):
        world.answer(code, [4] * 4, times=satisfied, wave="W24", day=date(2024, 2, 2))
        world.answer(code, [3] * 4, times=others, wave="W24", day=date(2024, 2, 2))
        months = {f"2024-0{month}": 100 if code == codes[0] else 300 for month in (1, 2, 3)}
        world.set_population_size(code, months, wave="W24")
    fold(session, until=date(2024, 12, 31))

    outcome = reorganise(session, national, ASKED, today=TODAY)

    check_counts(session, outcome)
    old, new = world.agencies[codes[0]], find_agency(session, unit.code, on=TODAY)
    assert new is not None
    assert old.valid_to == DAY
    answers = select(func.count()).where(Response.agency_id == old.id, Response.wave_id == world.waves["W24"].id)
    assert session.scalar(answers) == 100
    assert counter.agency_id == new.id
    province = find_agency(session, "08", on=TODAY)
    assert province is not None
    assert new.parent_id == province.id != world.agencies["08"].id
    department = find_agency(session, "02.SNV", on=TODAY)
    assert department is not None
    assert (department.parent_id, outcome.moved_along) == (province.id, 1)
    roles = session.scalars(select(Grant.role).where(Grant.agency_id == province.id)).all()
    assert roles == ["survey_manager"]

    (line,) = history_of(session, agency_id=new.id).lines
    # By hand: N is 300 and 900, so 0.25 · 0.9 + 0.75 · 0.5.
    assert (line.status, line.weighting, line.overall.n) == ("converted", "population", 140)
    assert line.overall.share_satisfied is not None
    assert line.overall.share_satisfied.value == pytest.approx(0.6)
    assert sorted(part.weight or 0 for part in line.parts) == [0.25, 0.75]
    as_was = history_of(session, agency_id=new.id, view="as_was").lines
    assert {each.agency.code for each in as_was} == set(codes)

    with pytest.raises(AgencyError, match="imported before"):
        reorganise(session, national, ASKED, today=TODAY)


def check_counts(session: Session, outcome: Outcome) -> None:
    provinces = select(func.count()).where(Agency.kind == "province")
    assert session.scalar(provinces.where(Agency.valid_to.is_(None))) == 34
    # 63 before, of which 11 went on, and 23 new ones.
    assert session.scalar(provinces) == 63 + 23
    living = select(func.count()).where(Agency.kind == "commune", Agency.valid_to.is_(None))
    assert session.scalar(living) == 3_316
    counted = session.execute(select(AgencyChange.kind, func.count()).group_by(AgencyChange.kind))
    kinds = {row[0]: row[1] for row in counted}
    assert kinds == {"merge": 23 + 2769, "split": 415, "move": 88 + 1, "rename": 1}
    assert session.scalar(select(func.count()).where(AgencyChange.carried_out_on.is_(None))) == 0
    unknown = select(func.count(func.distinct(AgencyChangePart.from_agency_id))).where(AgencyChangePart.share.is_(None))
    assert session.scalar(unknown) >= 441
    assert (outcome.added_old, outcome.ended) == (63 + 10_033 - 4, 63 - 11 + 10_033 - 44)
    # A code that changed its meaning names another province before and after.
    assert find_agency(session, "24", on=date(2025, 6, 30)) is not find_agency(session, "24", on=DAY)


def test_a_commune_that_was_divided_goes_on_under_nobodys_figures(session: Session) -> None:
    plan = plan_of(
        [
            row("00001", "00001", extent="all_people"),
            row("00001", "00002", extent="part"),
            row("00002", "00002"),
            row("00003", "00003", old_province="08"),
        ]
    )
    fates = {unit.code: unit.fate for unit in plan.communes}
    assert fates == {"00001": "split", "00002": "split", "00003": "move"}
    heirs = {unit.code: [part.code for part in unit.parts if part.takes_over] for unit in plan.communes}
    assert heirs == {"00001": ["00001"], "00002": ["00002"], "00003": ["00003"]}
    assert [part.share for unit in plan.communes for part in unit.parts] == [None, None, 1.0, 1.0]
    reorganise(session, plan, ASKED, today=TODAY)
    new = find_agency(session, "00001", on=TODAY)
    assert new is not None
    assert history_of(session, agency_id=new.id).lines == ()


def test_new_communes_that_are_there_already_are_used(session: Session) -> None:
    province = add_agency(session, code="08", kind="province", name="Tỉnh Tuyên Quang", valid_from=DAY)
    there = add_agency(session, code="00009", kind="commune", name="Xã 00009", valid_from=DAY, parent=province)
    plan = plan_of([row("00001", "00009"), row("00002", "00009", old_province="08")])
    outcome = reorganise(session, plan, ASKED, today=TODAY)
    assert outcome.added_new == 0
    parts = session.scalars(select(AgencyChangePart.to_agency_id)).all()
    assert set(parts) == {province.id, there.id}


def test_a_province_that_goes_to_two_is_refused() -> None:
    text = "old_code,old_name,new_code,new_name\n02,Hà Giang,08,Tuyên Quang\n02,Hà Giang,15,Lào Cai\n"
    with pytest.raises(ImportRefusedError, match="two lines"):
        read_provinces(read_table(text.encode(), name="tinh.csv"))


def test_only_the_provinces_that_were_asked_for_are_read() -> None:
    rows = [row("00001", "00009"), row("00002", "00008", old_province="15", province="15")]
    plan = make_plan(rows, (), provinces_of(rows), only=frozenset({"15"}))
    assert [unit.code for unit in plan.communes] == ["00008"]
    assert list(plan.old_provinces) == ["15"]
