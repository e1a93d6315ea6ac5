"""Bodies merge, split, move, get another name and are abolished; what hangs on them follows on the day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldwork import add_editions, add_wave
from survey.models.accounts import Grant
from survey.models.agencies import Agency, ServicePoint
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.audit import AuditEntry
from survey.models.fieldwork import WaveServicePoint
from survey.models.identifiers import response_id
from survey.models.responses import Response
from survey.queries.scope import Scope
from survey.services.accounts import create_official, grant_role
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point
from survey.services.agency_changes import carry_out_due, record_change, withdraw_change
from survey.services.change_checks import check_authority
from survey.services.change_plan import plan_change
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.errors import AgencyError
from survey.services.lookups import find_agency
from survey.services.waves import open_wave

START, DAY, TODAY = date(2020, 1, 1), date(2026, 7, 1), date(2026, 11, 22)
LATER = date(2027, 1, 1)


@dataclass
class World:
    """A province P with the communes A and B, the department S with its unit U, and another province Q with D."""

    session: Session
    agencies: dict[str, Agency]

    def __getitem__(self, code: str) -> Agency:
        return self.agencies[code]

    def counter(self, name: str, agency: str) -> ServicePoint:
        return add_service_point(self.session, agency=self[agency], name=name, today=START)

    def on(self, code: str, day: date = TODAY) -> Agency:
        found = find_agency(self.session, code, on=day)
        assert found is not None
        return found


@pytest.fixture
def world(session: Session) -> World:
    agencies: dict[str, Agency] = {}
    for code, kind, parent in [
        ("P", "province", ""),
        ("A", "commune", "P"),
        ("B", "commune", "P"),
        ("S", "department", "P"),
        ("U", "unit", "S"),
        ("Q", "province", ""),
        ("D", "commune", "Q"),
    ]:
        agencies[code] = add_agency(
            session, code=code, kind=kind, name=f"Đơn vị {code}", valid_from=START, parent=agencies.get(parent)
        )
    return World(session, agencies)


def merger(world: World, *codes: str, into: str = "M", on: date = DAY, heir: str | None = None) -> ChangeRequest:
    body = NewBody(into, f"Xã {into}")
    parts = tuple(world[code] for code in codes)
    return ChangeRequest("merge", on, "NQ 1656", parts, (body,), world["P"], into if heir is None else heir)


def record(world: World, request: ChangeRequest, *, today: date = TODAY) -> AgencyChange:
    return record_change(world.session, request, by=uuid4(), today=today)


def test_a_merger_ends_the_parts_and_begins_one_body_that_may_bear_the_code_of_a_part(world: World) -> None:
    change = record(world, merger(world, "A", "B", into="A"))
    new = world.on("A")
    assert (world["A"].valid_to, world["B"].valid_to, new.valid_from) == (DAY, DAY, DAY)
    assert new.id != world["A"].id
    assert world.on("A", date(2026, 6, 30)) is world["A"]
    assert {(part.from_agency.code, part.to_agency_id, part.share) for part in change.parts} == {
        ("A", new.id, 1.0),
        ("B", new.id, 1.0),
    }
    assert change.carried_out_on == TODAY


def test_counters_services_and_roles_go_to_the_heir_and_answers_stay(world: World) -> None:
    session = world.session
    edition, _ = add_editions(session, "q1", "q2", "overall")
    one, other = world.counter("Quầy 1", "A"), world.counter("Quầy 1", "B")
    field = add_service_field(session, code="HT", name="Hộ tịch")
    for code in ("A", "B"):
        add_service(session, code="1.001", name="Khai sinh", service_field=field, agency=world[code])
    official = create_official(session, email="a@a.vn", name="An", password=None)
    for code in ("A", "B"):
        grant_role(session, official, agency=world[code], role="agency_manager")
    wave = add_wave(session, world["P"])
    open_wave(session, wave, today=DAY)
    response = Response(
        agency_id=world["A"].id,
        id=response_id(DAY),
        wave_id=wave.id,
        questionnaire_edition_id=edition.id,
        received_by_agency_id=world["A"].id,
        service_point_id=one.id,
        answered_on=DAY,
        channel="qr",
        language="vi",
        answers={"q1": 5},
        key_hash="1",
    )
    session.add(response)
    plan = plan_change(session, merger(world, "A", "B"), today=TODAY)
    assert session.scalar(select(func.count()).select_from(AgencyChange)) == 0
    record(world, merger(world, "A", "B"))
    new = world.on("M")
    assert {one.agency_id, other.agency_id, one.serves_agency_id, other.serves_agency_id} == {new.id}
    assert {one.name, other.name} == {"Quầy 1", "Quầy 1 (Đơn vị B)"}
    roles = session.scalars(select(Grant.role).where(Grant.official_id == official.id, Grant.agency_id == new.id)).all()
    assert roles == ["agency_manager"]
    still_open = session.scalars(select(WaveServicePoint.is_open).where(WaveServicePoint.wave_id == wave.id)).all()
    assert still_open == [True, True]
    assert response.agency_id == world["A"].id
    assert [(owner, heir) for _, owner, heir in plan.counters] == [("Đơn vị A", "Xã M"), ("Đơn vị B", "Xã M")]
    assert (plan.services, plan.answers_after, plan.waves, plan.is_due) == (2, 1, (), True)
    assert len(plan.roles) == 1


def test_without_an_heir_counters_are_retired(world: World) -> None:
    counter = world.counter("Quầy 1", "A")
    record(world, merger(world, "A", "B", heir=""))
    assert (counter.retired_on, counter.agency_id) == (TODAY, world["A"].id)
    assert counter.codes[0].retired_on == TODAY


def test_a_wave_of_an_ended_body_is_closed_and_lets_its_counters_go(world: World) -> None:
    counter = world.counter("Quầy 1", "A")
    wave = add_wave(world.session, world["A"])
    open_wave(world.session, wave, today=DAY)
    record(world, merger(world, "A", "B"))
    assert (wave.state, wave.closed_on) == ("closed", TODAY)
    rows = world.session.scalars(
        select(WaveServicePoint.is_open).where(WaveServicePoint.service_point_id == counter.id)
    ).all()
    assert rows == [False]


def test_a_change_to_come_waits_for_its_day(world: World) -> None:
    counter = world.counter("Quầy 1", "A")
    change = record(world, merger(world, "A", "B", on=LATER))
    assert (change.carried_out_on, counter.agency_id) == (None, world["A"].id)
    assert world.on("A") is world["A"]
    assert find_agency(world.session, "M", on=TODAY) is None
    assert carry_out_due(world.session, today=date(2026, 12, 31)) == 0
    assert carry_out_due(world.session, today=LATER) == 1
    assert counter.agency_id == world.on("M", LATER).id
    assert carry_out_due(world.session, today=LATER) == 0


def test_a_change_to_come_can_be_withdrawn_and_one_that_came_cannot(world: World) -> None:
    change = record(world, merger(world, "A", "B", on=LATER))
    withdraw_change(world.session, change)
    assert (world["A"].valid_to, world["B"].valid_to) == (None, None)
    assert find_agency(world.session, "M", on=LATER) is None
    assert world.session.scalar(select(func.count()).select_from(AgencyChangePart)) == 0
    done = record(world, merger(world, "A", "B"))
    with pytest.raises(AgencyError, match="cannot be withdrawn"):
        withdraw_change(world.session, done)


def test_a_body_in_use_keeps_a_change_from_being_withdrawn(world: World) -> None:
    change = record(world, merger(world, "A", "B", on=LATER))
    add_service_point(world.session, agency=world.on("M", LATER), name="Quầy mới", today=TODAY)
    with pytest.raises(AgencyError, match="in use"):
        withdraw_change(world.session, change)
    assert world["A"].valid_to == LATER


def test_a_split_keeps_the_shares_and_gives_counters_to_one_part(world: World) -> None:
    counter = world.counter("Quầy 1", "A")
    bodies = (NewBody("A1", "Xã A1", share=0.6), NewBody("A2", "Xã A2", share=None))
    record(world, ChangeRequest("split", DAY, "NQ 1", (world["A"],), bodies, world["P"], "A2"))
    assert counter.agency_id == world.on("A2").id
    rows = world.session.execute(
        select(Agency.code, AgencyChangePart.share).join(Agency, Agency.id == AgencyChangePart.to_agency_id)
    )
    shares = {code: share for code, share in rows}  # noqa: C416 -- rows are not pairs to the type checker
    assert shares == {"A1": pytest.approx(0.6), "A2": None}


def test_a_rename_keeps_the_body_and_both_names(world: World) -> None:
    request = ChangeRequest("rename", LATER, "NQ 2", (world["A"],), (NewBody("A", "Phường A", "Ward A"),))
    change = record(world, request)
    assert world["A"].name == "Đơn vị A"
    carry_out_due(world.session, today=LATER)
    assert (world["A"].name, world["A"].valid_to) == ("Phường A", None)
    assert (change.parts[0].old_name, change.parts[0].new_name) == ("Đơn vị A", "Phường A")


def test_a_move_takes_along_what_lies_below(world: World) -> None:
    unit_counter = world.counter("Quầy U", "U")
    request = ChangeRequest("move", DAY, "NQ 3", (world["S"],), (NewBody("S", "Sở S"),), world["Q"], "S")
    record(world, request)
    moved, unit = world.on("S"), world.on("U")
    assert (moved.parent_id, unit.parent_id) == (world["Q"].id, moved.id)
    assert unit.path == f"{world['Q'].path}{moved.id}/{unit.id}/"
    assert (world["U"].valid_to, world["U"].parent_id) == (DAY, world["S"].id)
    assert unit_counter.agency_id == unit.id
    kinds = world.session.scalars(select(AgencyChange.kind)).all()
    assert sorted(kinds) == ["move", "move"]


def test_provinces_merge_with_everything_below_them_and_a_code_gets_another_meaning(world: World) -> None:
    record(
        world,
        ChangeRequest("merge", DAY, "NQ 202", (world["P"], world["Q"]), (NewBody("Q", "Tỉnh PQ"),), None, "Q"),
    )
    new = world.on("Q")
    assert new.parent_id is None
    for code in ("A", "B", "S", "D"):
        assert world.on(code).parent_id == new.id
        assert world.on(code, START).id == world[code].id
    assert world.on("U").parent_id == world.on("S").id


def test_an_abolished_body_leaves_its_counters_to_who_takes_over(world: World) -> None:
    counter = world.counter("Quầy 1", "A")
    record(world, ChangeRequest("abolish", DAY, "NQ 4", (world["A"],), heir_code="B"))
    assert (world["A"].valid_to, world["B"].valid_to) == (DAY, None)
    assert counter.agency_id == world["B"].id


def test_who_is_to_take_over_does_not_end_before(world: World) -> None:
    later = TODAY + timedelta(days=10)
    record(world, ChangeRequest("abolish", later, "NQ 4", (world["A"],), heir_code="B"))
    with pytest.raises(AgencyError, match="is to take over another body"):
        record(world, ChangeRequest("abolish", TODAY + timedelta(days=5), "NQ 5", (world["B"],)))
    record(world, ChangeRequest("abolish", later + timedelta(days=1), "NQ 5", (world["B"],)))
    assert world["B"].valid_to == later + timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agencies": "AA"}, "two different bodies"),
        ({"agencies": "A"}, "two different bodies"),
        ({"agencies": "AS"}, "one kind"),
        ({"agencies": "SU"}, "lies below"),
        ({"effective_on": START}, "has existed only since"),
        ({"effective_on": date(2019, 1, 1)}, "has existed only since"),
        ({"decision": " "}, "decision is empty"),
        ({"bodies": (NewBody("S", "Xã mới"),)}, "the code S belongs to"),
        ({"parent": "A"}, "cannot stand above"),
        ({"kind": "abolish", "agencies": "S", "heir_code": ""}, "below it after"),
        ({"kind": "abolish", "agencies": "A", "heir_code": "A"}, "take over from itself"),
        ({"kind": "abolish", "agencies": "A", "heir_code": "Z"}, "lives on"),
        ({"kind": "abolish", "agencies": "A", "heir_code": "Q"}, "lives on"),
        ({"kind": "rename", "agencies": "A", "bodies": (NewBody("A", "Đơn vị A"),)}, "the old one"),
        ({"kind": "move", "agencies": "A", "bodies": (NewBody("A", "Xã A"),)}, "stay where it is"),
        ({"kind": "move", "agencies": "S", "bodies": (NewBody("S", "S"),), "parent": "U"}, "cannot stand above"),
        ({"kind": "split", "agencies": "A", "bodies": (NewBody("A1", "A1", share=None),)}, "at least two new"),
        (
            {"kind": "split", "agencies": "A", "bodies": (NewBody("X", "X", share=0.7), NewBody("Y", "Y", share=0.7))},
            "100 % together",
        ),
        ({"kind": "fusion"}, "no kind of change"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stays(world: World, change: dict[str, object], said: str) -> None:
    fields = dict(change)
    if isinstance(codes := fields.get("agencies"), str):
        fields["agencies"] = tuple(world[code] for code in codes)
    if isinstance(parent := fields.get("parent"), str):
        fields["parent"] = world[parent]
    request = replace(merger(world, "A", "B"), **fields)  # type: ignore[arg-type]  # as each case says
    with pytest.raises(AgencyError, match=said):
        plan_change(world.session, request, today=TODAY)
    world.session.expire_all()
    assert [agency.valid_to for agency in world.agencies.values()] == [None] * len(world.agencies)


def test_the_second_of_two_who_record_a_change_of_one_body_is_told_of_the_first(world: World) -> None:
    record(world, merger(world, "A", "B"))
    with pytest.raises(AgencyError, match="NQ 1656") as refusal:
        record(world, ChangeRequest("abolish", LATER, "NQ 9", (world["A"],)))
    assert "01/07/2026" in refusal.value.text("vi")
    with pytest.raises(AgencyError, match="already"):
        record(world, merger(world, "A", "B"))


def test_the_dry_run_has_another_fingerprint_once_something_changed(world: World) -> None:
    before = plan_change(world.session, merger(world, "A", "B"), today=TODAY).fingerprint
    assert plan_change(world.session, merger(world, "A", "B"), today=TODAY).fingerprint == before
    world.counter("Quầy 1", "A")
    assert plan_change(world.session, merger(world, "A", "B"), today=TODAY).fingerprint != before


def test_only_who_administers_every_body_from_above_may_record_a_change(world: World) -> None:
    across = merger(world, "A", "D")
    of_both = Scope(((world["P"].path, "administrator"), (world["Q"].path, "administrator")))
    check_authority(of_both, across)
    for scope in (
        Scope(((world["P"].path, "administrator"),)),
        Scope(((world["A"].path, "administrator"), (world["D"].path, "administrator"))),
        Scope(((world["P"].path, "survey_manager"), (world["Q"].path, "auditor"))),
    ):
        with pytest.raises(AgencyError):
            check_authority(scope, across)


def test_every_body_has_its_entry_in_the_audit(world: World) -> None:
    record(world, merger(world, "A", "B"))
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.verb == "agency.merged")).all()
    assert [entry.subject for entry in entries] == ["A Đơn vị A", "B Đơn vị B"]
    assert entries[0].details["decision"] == "NQ 1656"
