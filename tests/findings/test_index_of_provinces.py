"""A ministry ranks provinces by the example of a province, as it ranks any other bodies below it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from analysis.rubric import Bands, Given, Linear
from survey.findings.index import index_findings
from survey.models.rubric_content import LeafContent, RubricContent
from survey.queries.index_desk import list_candidates
from survey.rendering.index_told import main_sentences
from survey.services.agencies import add_agency
from survey.services.index_ledger import Entry, place_of, write_score
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.rubrics import find_rubric, load_builtin_rubrics

DAY, LAST = date(2026, 11, 22), date(2026, 12, 1)
LONG_AGO = date(2025, 7, 1)
NAMES = {"T1": "Tỉnh Mây Trắng", "T2": "Thành phố Sông Xanh", "T3": "Tỉnh Đồi Cát"}


def value_of(leaf: LeafContent, *, is_best: bool) -> Fraction:
    """Return what brings all of a leaf's points, or as little as it may."""
    formula, most = leaf.rule.formula, leaf.rule.maximum
    if isinstance(formula, Given):
        return most if is_best else Fraction(0)
    if isinstance(formula, Linear):
        return formula.all_at if is_best else formula.nothing_at
    if isinstance(formula, Bands):
        return max(formula.steps, key=lambda step: step.points).limit
    return Fraction(is_best)


def test_provinces_below_a_ministry_take_part_in_a_round_and_are_ranked(session: Session) -> None:
    ministry = add_agency(session, code="BO", kind="ministry", name="Bộ Giả Định", valid_from=LONG_AGO)
    provinces = {
        code: add_agency(session, code=code, kind="province", name=name, valid_from=LONG_AGO, parent=ministry)
        for code, name in NAMES.items()
    }
    load_builtin_rubrics(session, today=DAY)
    rubric = find_rubric(session, "province/2026")
    assert rubric is not None
    candidates = list_candidates(session, ministry, "province", year=2026)
    assert [one.name for one in candidates] == ["Thành phố Sông Xanh", "Tỉnh Đồi Cát", "Tỉnh Mây Trắng"]

    wish = RoundWish("PI-2026", "Chỉ số cấp tỉnh 2026", "Provinces 2026", 2026, LAST, LAST, LAST, LAST)
    round_ = plan_round(session, ministry, rubric, wish, agencies=candidates, by=None)
    leaves = RubricContent.from_content(rubric.content).leaves.values()
    for leaf in leaves:
        if leaf.path and leaf.source != "satisfaction":
            for code, is_best in (("T1", True), ("T2", leaf.path[0] != "1"), ("T3", leaf.path[0] not in {"1", "2"})):
                place = place_of(round_, provinces[code].id, leaf.code)
                write_score(session, place, Entry(value_of(leaf, is_best=is_best), "appraisal", "", None, DAY))

    found = index_findings(session, round_, today=DAY)

    assert [(row.agency.code, row.rank) for row in found.agencies] == [("T1", 1), ("T2", 2), ("T3", 3)]
    assert found.agency(provinces["T1"].id).points == 90  # type: ignore[union-attr] -- it is there
    assert any("3" in said and "tỉnh" in said for said in main_sentences(found, "vi"))
