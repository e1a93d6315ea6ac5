"""A round of the index from plan to decision: who may do what when, every point in the ledger, nothing lost."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.index_total import SurveyPart
from analysis.results import Estimate, Interval
from analysis.survey_points import Measured
from small_world import World, small_world
from survey.findings.index import index_findings
from survey.findings.index_result_values import SurveySource
from survey.findings.index_totals import round_totals
from survey.findings.names import wording
from survey.models.audit import AuditEntry
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexScore
from survey.models.index_sources import IndexIndicator
from survey.models.releases import WaveRelease
from survey.rendering.index_basis_tables import basis_table
from survey.rendering.index_told import main_sentences
from survey.services.errors import RoundError
from survey.services.index_carrying import change_rubric
from survey.services.index_evidence import (
    LARGEST_FILE,
    LARGEST_UNPACKED,
    add_evidence,
    count_evidence,
    evidence_path,
    list_evidence,
    read_evidence,
    remove_evidence,
    safe_name,
)
from survey.services.index_figures import known_figures, plan_indicators
from survey.services.index_indicators import store_indicators, take_indicators
from survey.services.index_ledger import Judgement, Place, content_of, find_score, list_changes, place_of
from survey.services.index_numbers import read_figure
from survey.services.index_objections import Decision, decide_objection, list_objections, object_to
from survey.services.index_participants import set_participation
from survey.services.index_rounds import (
    RoundWish,
    change_deadlines,
    list_participants,
    move_round,
    plan_round,
)
from survey.services.index_scoring import (
    appraise,
    reopen_self_assessment,
    self_assess,
    submit_self_assessment,
    take_survey,
)
from survey.services.rubric_file import read_builtin
from survey.services.rubrics import find_rubric, load_builtin_rubrics, publish_rubric, save_rubric
from survey.services.table_file import read_table

DAYS = tuple(date(2026, month, 28) for month in (11, 12)), tuple(date(2027, month, 28) for month in (1, 2))
SELF, APPRAISAL, OBJECTION, DECISION = (*DAYS[0], *DAYS[1])
DAY = date(2026, 11, 22)
ONE, TWO = uuid4(), uuid4()
WISH = RoundWish("CCHC-2026", "Đánh giá năm 2026", None, 2026, SELF, APPRAISAL, OBJECTION, DECISION)


@dataclass
class Round:
    """A round of two departments by the example of seven contents, in self-assessment."""

    world: World
    session: Session
    round: IndexRound

    def place(self, criterion: str, agency: str = "A") -> Place:
        return place_of(self.round, self.world.agencies[agency].id, criterion)

    def to(self, *stages: str) -> None:
        for stage in stages:
            move_round(self.session, self.round, to=stage, today=DAY)


@pytest.fixture
def round_(session: Session) -> Round:
    world = small_world(session)
    load_builtin_rubrics(session, today=DAY)
    rubric = find_rubric(session, "departments/2026")
    assert rubric is not None
    agencies = [world.agencies["A"], world.agencies["B"]]
    planned = plan_round(session, world.agencies["P"], rubric, WISH, agencies=agencies, by=ONE)
    made = Round(world, session, planned)
    made.to("self_assessment")
    session.commit()
    return made


def given(value: str | None, text: str = "", *, by: UUID = ONE, **more: Any) -> Judgement:
    return Judgement(None if value is None else Fraction(value), text, by, more.pop("today", DAY), **more)


def test_a_round_goes_from_self_assessment_to_decision_and_the_ledger_tells_every_point(round_: Round) -> None:
    session, place = round_.session, round_.place("1.1")
    self_assess(session, place, given("2.5", "Kế hoạch ban hành ngày 5/1"))
    self_assess(session, round_.place("4.2"), given("1"))
    submit_self_assessment(session, round_.round, place.agency_id, by=ONE, today=DAY)
    with pytest.raises(RoundError, match="handed in on 22/11/2026"):
        self_assess(session, place, given("3"))
    reopen_self_assessment(session, round_.round, place.agency_id, reason="Nhầm tệp", today=DAY)
    submit_self_assessment(session, round_.round, place.agency_id, by=ONE, today=DAY)

    round_.to("appraisal")
    with pytest.raises(RoundError, match="needs a reason"):
        appraise(session, place, given("2", by=TWO))
    appraise(session, place, given("2", "Ban hành chậm hai tuần", by=TWO))
    appraise(session, round_.place("1.5"), given("3", by=TWO))
    round_.to("objection")
    objection = object_to(session, place, text="Đã gửi đúng hạn", points_asked=Fraction("2.5"), by=ONE, today=DAY)
    with pytest.raises(RoundError, match="waits already"):
        object_to(session, place, text="Một lần nữa", points_asked=None, by=ONE, today=DAY)
    round_.to("decision")
    with pytest.raises(RoundError, match="1 objection waits"):
        round_.to("decided")
    with pytest.raises(RoundError, match="Who raised an objection cannot decide"):
        decide_objection(session, round_.round, objection, Decision("refused", None, "Không", ONE, DAY))
    decide_objection(
        session, round_.round, objection, Decision("partly", Fraction("2.25"), "Có dấu bưu điện", TWO, DAY)
    )
    with pytest.raises(RoundError, match="Somebody has decided"):
        decide_objection(session, round_.round, objection, Decision("refused", None, "Không", TWO, DAY))
    round_.to("decided")
    session.commit()

    score = find_score(session, place)
    assert score is not None
    assert (score.self_points, score.points, score.stage) == (Fraction("2.5"), Fraction("2.25"), "decision")
    told = list_changes(session, round_id=round_.round.id, agency_id=place.agency_id, criterion="1.1")
    assert [(one.stage, one.points_before, one.points_after, one.changed_by) for one in told] == [
        ("self_assessment", None, Fraction("2.5"), ONE),
        ("appraisal", Fraction("2.5"), Fraction(2), TWO),
        ("decision", Fraction(2), Fraction("2.25"), TWO),
    ]
    assert told[1].reason == "Ban hành chậm hai tuần"
    assert [(one.decision, one.points_after) for one in list_objections(
        session, round_id=round_.round.id, agency_ids=[place.agency_id]
    )] == [("partly", Fraction("2.25"))]  # fmt: skip
    with pytest.raises(RoundError, match="is decided"):
        change_deadlines(session, round_.round, (SELF, APPRAISAL, OBJECTION, DECISION))
    verbs = set(session.scalars(select(AuditEntry.verb)))
    assert {"index.planned", "index.moved", "index.self_assessed", "index.submitted", "index.reopened",
            "index.appraised", "index.objected", "index.objection_decided"} <= verbs  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "value", "message"),
    [
        ("1.1", "3.25", "give 0 to 3"),
        ("1.1", "-1", "give 0 to 3"),
        ("1.1", "1.1", "in steps of 0.25"),
        ("4.2", "0.5", "give 0 to 1"),
        ("1.2", "0.9", "is not scored here"),
        ("1.5", "2", "is not scored here"),
        ("7.3.1", "0.9", "is not scored here"),
    ],
)
def test_points_beyond_a_leaf_or_of_another_source_are_refused_and_nothing_is_lost(
    round_: Round, criterion: str, value: str, message: str
) -> None:
    self_assess(round_.session, round_.place("1.1"), given("2"))
    with pytest.raises(RoundError, match=message):
        self_assess(round_.session, round_.place(criterion), given(value))
    kept = find_score(round_.session, round_.place("1.1"))
    assert kept is not None
    assert kept.points == 2


def test_the_second_of_two_who_score_one_leaf_is_told_and_the_same_again_writes_nothing(round_: Round) -> None:
    place = round_.place("1.1")
    first = self_assess(round_.session, place, given("2", revision=0))
    assert first.revision == 1
    with pytest.raises(RoundError, match="Somebody else has just changed"):
        self_assess(round_.session, place, given("1", revision=0))
    self_assess(round_.session, place, given("2"))
    assert len(list_changes(round_.session, round_id=place.round.id, agency_id=place.agency_id)) == 1
    taken_back = self_assess(round_.session, place, given(None, revision=1))
    assert (taken_back.points, taken_back.self_points, taken_back.revision) == (None, None, 2)


def test_stages_follow_each_other_and_end_on_their_day(round_: Round) -> None:
    session, place = round_.session, round_.place("1.1")
    with pytest.raises(RoundError, match="ended on 28/11/2026"):
        self_assess(session, place, given("2", today=date(2026, 11, 29)))
    change_deadlines(session, round_.round, (date(2026, 11, 29), APPRAISAL, OBJECTION, DECISION))
    self_assess(session, place, given("2", today=date(2026, 11, 29)))
    with pytest.raises(RoundError, match="must follow"):
        change_deadlines(session, round_.round, (DECISION, APPRAISAL, OBJECTION, SELF))
    for first, last in ((date(1, 1, 1), DECISION), (date(2024, 12, 31), DECISION), (SELF, date(2030, 1, 1))):
        with pytest.raises(RoundError, match="in the years 2025 to 2029"):
            change_deadlines(session, round_.round, (first, APPRAISAL, OBJECTION, last))
    late = date(2030, 1, 1)
    change_deadlines(session, round_.round, (date(2026, 11, 29), APPRAISAL, OBJECTION, late), today=date(2029, 7, 1))
    with pytest.raises(RoundError, match="this is done in: appraisal"):
        appraise(session, place, given("2"))
    with pytest.raises(RoundError, match="cannot go there"):
        round_.to("decision")
    with pytest.raises(RoundError, match="needs a reason"):
        round_.to("planned")
    move_round(session, round_.round, to="planned", today=DAY, reason="Mở nhầm")
    round_.to("self_assessment")
    with pytest.raises(RoundError, match="takes no part"):
        self_assess(session, round_.place("1.1", "P"), given("2"))
    with pytest.raises(RoundError, match="has no scored criterion"):
        round_.place("9.9")


def test_a_round_is_planned_only_with_what_it_can_count_by(round_: Round) -> None:
    session, world = round_.session, round_.world
    root, agencies, rubric = world.agencies["P"], [world.agencies["A"]], round_.round.rubric
    draft = save_rubric(session, {**read_builtin("departments-2026"), "rubric": "own"}, agency_id=root.id)
    cases: list[tuple[Any, RoundWish, list[Any], str]] = [
        (draft, WISH, agencies, "not published"),
        (rubric, WISH, agencies, "There is a round with the code"),
        (rubric, replace(WISH, code="x", name="x", decision_until=SELF), agencies, "must follow"),
        (rubric, replace(WISH, code="x", name="x"), [], "No agency is chosen"),
        (rubric, replace(WISH, code="x", name="x"), [root], "is not below"),
        (rubric, replace(WISH, code="", name="x"), agencies, "is empty"),
    ]
    for chosen, wish, some, message in cases:
        with pytest.raises(RoundError, match=message), session.begin_nested():
            plan_round(session, root, chosen, wish, agencies=some, by=None)


def test_an_agency_that_began_in_the_year_is_flagged_and_needs_a_note_to_be_left_unranked(round_: Round) -> None:
    session, world = round_.session, round_.world
    world.agencies["B"].valid_from = date(2026, 7, 1)
    other = plan_round(
        session, world.agencies["P"], round_.round.rubric, replace(WISH, code="x", name="x"),
        agencies=[world.agencies["A"], world.agencies["B"]], by=None,
    )  # fmt: skip
    whole, part = list_participants(session, other)
    assert (whole.joined_on, part.joined_on, part.counts) == (None, date(2026, 7, 1), True)
    with pytest.raises(RoundError, match="Note how"):
        set_participation(session, part, other, counts=False, joined_on=part.joined_on, left_on=None, note=" ")
    with pytest.raises(RoundError, match="is not in 2026"):
        set_participation(session, part, other, counts=True, joined_on=date(2025, 1, 1), left_on=None, note="x")
    with pytest.raises(RoundError, match="must come after"):
        set_participation(session, part, other, counts=True, joined_on=DAY, left_on=DAY, note="x")
    set_participation(session, part, other, counts=False, joined_on=part.joined_on, left_on=None, note="Thành lập 1/7")
    assert not part.counts


def test_a_rubric_changed_after_scoring_began_carries_over_what_fits_and_erases_nothing(round_: Round) -> None:
    session, root = round_.session, round_.world.agencies["P"]
    for criterion, value in (("1.1", "2"), ("1.3", "3.5"), ("2.1", "4"), ("4.2", "1")):
        self_assess(session, round_.place(criterion), given(value))
    content = read_builtin("departments-2026") | {"rubric": "own", "maximum": "99"}
    area = content["areas"][0]
    area["maximum"], area["criteria"][2]["maximum"] = "17", "3"  # 1.3 held 3.5 of 4
    content["areas"][3]["criteria"][1]["formula"] = {"kind": "points"}  # 4.2 was yes or no
    own = save_rubric(session, content, agency_id=root.id)
    publish_rubric(session, own, today=DAY)

    lost = change_rubric(session, round_.round, own, by=TWO, today=DAY)

    assert lost == ["1.3", "4.2"]
    agency = round_.world.agencies["A"].id
    rows = session.scalars(select(IndexScore).where(IndexScore.agency_id == agency)).all()
    # What the new lines do not take must not count by them; the ledger keeps what it was.
    assert {row.criterion: row.points for row in rows} == {"1.1": 2, "1.3": None, "2.1": 4, "4.2": None}
    kept = list_changes(session, round_id=round_.round.id, agency_id=agency, criterion="1.3")
    assert [(one.points_before, one.points_after) for one in kept] == [(None, 3.5), (3.5, None)]


def test_survey_points_flow_in_from_a_release_with_their_interval(round_: Round) -> None:
    session, world = round_.session, round_.world
    wave = world.waves["W"]
    release = WaveRelease(wave_id=wave.id, drafted_by=ONE, drafted_on=DAY)
    session.add(release)
    session.flush()
    agency = world.agencies["A"].id
    estimate = Estimate(value=1.703, ci=Interval(1.62, 1.78), standard_error=0.04, n=240)
    part = SurveyPart(("7.3.1",), estimate)
    brought = {agency: Measured({"7.3.1": Fraction("0.8515")}, {"7.3.1": (0.81, 0.89)}, part)}
    with pytest.raises(RoundError, match="come from results that are public"):
        take_survey(session, round_.round, release, brought, by=TWO, today=DAY)
    release.released_on = DAY
    wrong = {agency: replace(brought[agency], values={"1.1": Fraction(1)})}
    with pytest.raises(RoundError, match="is not scored here"):
        take_survey(session, round_.round, release, wrong, by=TWO, today=DAY)
    wave.index_year = 2025
    with pytest.raises(RoundError, match="is of 2025, and this round is of 2026"):
        take_survey(session, round_.round, release, brought, by=TWO, today=DAY)
    why = "Năm 2026 chưa khảo sát"
    assert take_survey(session, round_.round, release, brought, by=TWO, today=DAY, year_reason=why) == 1
    older = find_score(session, round_.place("7.3.1"))
    assert older is not None
    assert older.reason == f"{wave.name}, năm 2025 (công bố {release.code}). {why}"
    found = index_findings(session, round_.round, today=DAY)
    assert found.survey_source == SurveySource(wording(wave.name, wave.name_en), 2025, why)
    rows = {row[0]: row[1] for row in basis_table(found, "vi").rows}
    told = f"Dùng kết quả năm 2025 cho kỳ 2026: {why}"
    assert rows["Kết quả khảo sát đã công bố"] == f"{wave.name}, năm 2025 (công bố {release.code}). {told}"
    assert any("không phải năm 2026" in said for said in main_sentences(found, "vi"))
    wave.index_year = 2026
    assert take_survey(session, round_.round, release, brought, by=TWO, today=DAY) == 1
    self_assess(session, round_.place("1.1"), given("2.5"))
    session.commit()

    score = find_score(session, round_.place("7.3.1"))
    assert score is not None
    assert score.points == Fraction("1.70")
    told = {"leaves": ["7.3.1"], "points": 1.703, "low": 1.62, "high": 1.78, "se": 0.04, "level": 0.95}
    named = {"survey": wave.name, "survey_en": wave.name_en or wave.name, "year": 2026}
    assert score.basis == named | {"release": release.code, "n": 240, "low": 0.81, "high": 0.89, "part": told}
    assert round_.round.release_id == release.id
    totals = round_totals(session, round_.round)
    assert list(totals) == [agency, world.agencies["B"].id]
    assert (totals[agency].points, totals[agency].low, totals[agency].high) == (
        Fraction("4.20"), Fraction("4.12"), Fraction("4.28")
    )  # fmt: skip
    assert totals[world.agencies["B"].id].points == 0
    # Nobody answered about B: its survey is left out, as the rubric says, and the rest is still to be scored.
    assert (len(totals[world.agencies["B"].id].unscored), totals[world.agencies["B"].id].is_rescaled) == (24, True)


def package(*names: str, size: int = 0) -> bytes:
    """Make a package of small parts; with ``size`` one more that unpacks to so many bytes of nothing."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name in names:
            file.writestr(name, "x")
        if size:
            with file.open("word/media/image1.bmp", "w") as part:
                for _ in range(size >> 24):
                    part.write(bytes(1 << 24))
    return content.getvalue()


def full(_handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_evidence_is_kept_under_its_checksum_outside_the_web_root_and_told(
    round_: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, place = round_.session, round_.place("1.1")

    def add(content: bytes, name: str) -> Any:
        return add_evidence(session, place, content, name=name, by=ONE, today=DAY, data_dir=tmp_path)

    kept = add(b"%PDF-1.7 x", "C:\\kh\\Kế hoạch\u202e.pdf")
    add(package("word/document.xml"), "a.docx")
    twice = add(b"%PDF-1.7 x", "again.pdf")
    for content, name, message in [
        (b"", "a.pdf", "is empty"),
        (b"%PDF-" + b"x" * LARGEST_FILE, "a.pdf", "larger than 20 MB"),
        (b"MZ program", "a.pdf", "is no PDF inside"),
        (b"%PDF-1.7", "a.exe", "of no kind that is taken"),
        (b"%PDF-1.7", "a.docx", "ends in .docx but is pdf"),
        (package("word/document.xml", "word/vbaProject.bin"), "a.docx", "has macros"),
        (b"PK\x03\x04 broken", "a.docx", "is no DOCX inside"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", "of no kind that is taken"),
        (b"<!doctype html><script>", "a.pdf", "is no PDF inside"),
        (package("word/document.xml", size=LARGEST_UNPACKED), "bomb.docx", "unpacks to more than 400 MB"),
    ]:
        with pytest.raises(RoundError, match=message):
            add(content, name)

    assert (kept.name, kept.kind, kept.size) == ("Kế hoạch.pdf", "application/pdf", 10)
    path = evidence_path(tmp_path, kept.sha256)
    assert path == evidence_path(tmp_path, twice.sha256)
    assert path.stat().st_mode & 0o077 == 0
    assert len([one for one in (tmp_path / "evidence").rglob("*") if one.is_file()]) == 2
    assert read_evidence(kept, data_dir=tmp_path) == b"%PDF-1.7 x"
    remove_evidence(session, place, twice, by=ONE, today=DAY)
    with pytest.raises(RoundError, match="taken back already"):
        remove_evidence(session, place, twice, by=ONE, today=DAY)
    assert [one.name for one in list_evidence(session, place)] == ["Kế hoạch.pdf", "a.docx"]
    assert count_evidence(session, round_id=place.round.id, agency_id=place.agency_id) == {"1.1": 2}
    path.write_bytes(b"%PDF-1.7 y")
    with pytest.raises(RoundError, match="missing or damaged"):
        read_evidence(kept, data_dir=tmp_path)
    # A full disk: told in a sentence, nothing half written stays.
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RoundError, match="could not write it"):
        add(b"%PDF-1.7 z", "c.pdf")
    assert [one.name for one in (tmp_path / "evidence").rglob("*.part")] == []
    assert count_evidence(session, round_id=place.round.id, agency_id=place.agency_id) == {"1.1": 2}
    monkeypatch.undo()
    assert safe_name("../../etc/passwd") == "passwd"
    assert len(safe_name("a" * 500 + ".pdf")) == 120
    round_.to("appraisal")
    with pytest.raises(RoundError, match="this is done in: self-assessment"):
        add(b"%PDF-1.7", "late.pdf")


def test_figures_come_from_a_file_line_by_line_and_flow_into_the_round(round_: Round) -> None:
    session, world = round_.session, round_.world
    root, known = world.agencies["P"], known_figures(content_of(round_.round))

    def plan(lines: str) -> Any:
        heads = "Mã cơ quan;Chỉ tiêu;Giá trị;Nguồn;Số người trả lời;Cận dưới;Cận trên\n"
        table = read_table((heads + lines).encode(), name="a.csv")
        return plan_indicators(session, table, year=2026, known=known, may_set=lambda path: path != root.path)

    bad = plan(
        "A;procedures-posted;1850/1849;x\nZ;procedures-posted;1;x\nA;colour;1;x\nA;procedures-posted;nhiều;x\n"
        "P;procedures-posted;1;x\nB;procedures-posted;1;x\nB;procedures-posted;1;x\nB;dossiers-on-time;;;;;\n"
        "A;procedures-posted;97;x\nA;leaders:7.4;0,9;x;0\nA;leaders:7.4;0,9;x;40;0,8\nB;leaders:7.4;0,9;x;9;0,2;0,3\n"
        "A;dossiers-on-time;1;x;40\n"
    )
    assert [(one.line, one.column) for one in bad.bad] == [
        (2, "Giá trị"), (3, "Mã cơ quan"), (4, "Chỉ tiêu"), (5, "Giá trị"), (6, "Mã cơ quan"), (8, "Mã cơ quan"),
        (10, "Giá trị"), (11, "Số người trả lời"), (12, "Giá trị"), (13, "Giá trị"), (14, "Giá trị"),
    ]  # fmt: skip
    assert bad.blank == 1
    with pytest.raises(RoundError, match="11 cells"):
        store_indicators(session, bad, root=root, by=None, today=DAY)
    good = plan(
        "A;procedures-posted;1.849/1.849;Cổng DVC\nA;dossiers-on-time;97,5 %;Cổng DVC\n"
        "A;leaders:7.4;85 %;Phiếu lấy ý kiến;40;80 %;90 %\n"
    )
    assert store_indicators(session, good, root=root, by=ONE, today=DAY) == 3
    session.commit()
    again = plan("A;procedures-posted;1;Cổng DVC\n")
    assert not again.values[0].is_new
    assert store_indicators(session, again, root=root, by=ONE, today=DAY) == 0
    session.add(IndexIndicator(agency_id=world.agencies["B"].id, year=2026, indicator="procedures-posted",
                               value=Fraction(97), source="x", imported_on=DAY))  # fmt: skip
    session.flush()
    with pytest.raises(RoundError, match=r"Đơn vị B, indicator procedures-posted: .* give 0 to 1"):
        take_indicators(session, round_.round, by=ONE, today=DAY)
    session.rollback()
    assert take_indicators(session, round_.round, by=ONE, today=DAY).written == 3
    session.commit()

    posted, on_time, leaders = (find_score(session, round_.place(code)) for code in ("3.1", "3.3", "7.4"))
    assert posted is not None
    assert on_time is not None
    assert leaders is not None
    assert (posted.points, posted.stage) == (4, "indicator")
    # From 80 to 100 % in proportion, of 8 points.
    assert (on_time.value, on_time.points) == (Fraction("0.975"), Fraction(7))
    assert on_time.basis == {"indicator": "dossiers-on-time", "source": "Cổng DVC", "imported_on": DAY.isoformat()}
    # What another survey says of its error reaches the total: 8 to 9 of 10 points around 8.5.
    assert (leaders.points, leaders.stage, (leaders.basis or {})["n"]) == (Fraction("8.5"), "survey", 40)
    total = round_totals(session, round_.round)[world.agencies["A"].id]
    assert (total.points, total.low, total.high) == (Fraction("19.5"), Fraction(19), Fraction(20))


def test_figures_are_read_as_people_write_them() -> None:
    for text, value in [("0,975", "0.975"), ("97.5%", "0.975"), ("1.849/1.849", "1"), ("17/19", "17/19"), ("3", "3")]:
        assert read_figure(text).value == Fraction(value)
    assert read_figure("17/19").denominator == 19
    huge = ("9" * 5000, "1" + ".000" * 2000 + "/1", "1/" + "9" * 5000, "1e9")
    for text in ("", "x", "1/0", *huge, "12,5,3", "%", "1/x", "٣", "２", "97 ％", "٣/٤"):
        with pytest.raises(RoundError):
            read_figure(text)
