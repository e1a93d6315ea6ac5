"""A correction changes what it says and what follows from it, and nothing that moved beside it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from index_world import DAY, freeze, two_rounds
from survey.findings.index import decided_findings
from survey.findings.index_correction import corrected_findings, difference
from survey.jobs.index_decision import correct_round, try_correction
from survey.services.index_ledger import Judgement, place_of


def test_a_correction_starts_from_what_was_frozen(session: Session) -> None:
    rounds = two_rounds(session, merged=False)
    world, round_ = rounds.world, rounds.after
    round_.state = "decided"
    freeze(session, round_, DAY)
    first = decided_findings(session, round_)
    assert first is not None

    # Since then a department was renamed, and last year's result was corrected.
    world.agencies["B"].name = "Sở đổi tên"
    round_.name = "Kỳ đổi tên"
    before = place_of(rounds.before, world.agencies["A"].id, "1.1")
    correct_round(session, before, Judgement(Fraction(1), "Nhầm", None, DAY, revision=1), public_note="Nhầm cột")
    corrected = decided_findings(session, rounds.before)
    assert corrected is not None
    assert (corrected.version, "1.1: 4 → 1. Nhầm cột. Theo đó đổi: điểm của 1 cơ quan" in corrected.note) == (2, True)
    unchanged = corrected_findings(session, round_, first, today=date(2027, 1, 1))
    assert difference(first, unchanged).moved == ()
    assert difference(first, unchanged).beside == ()

    place = place_of(round_, world.agencies["A"].id, "1.1")
    judgement = Judgement(Fraction("2.5"), "Nhầm", None, DAY, revision=1)
    trial = try_correction(session, place, judgement)
    # A falls behind B: both lines change, those of the others do not.
    assert sorted(one.before.agency.code for one in trial.changed.moved) == ["A", "B"]
    assert {"mean", "components", "counts"} == set(trial.changed.beside)
    correct_round(session, place, judgement, public_note="Nhầm cột.")
    second = decided_findings(session, round_)
    assert second is not None
    assert second.note.endswith(trial.changed.followed())
    assert "điểm của 1 cơ quan, hạng của 2 cơ quan" in second.note
    assert difference(first, second) == trial.changed
    assert (second.name, second.before_sha256, second.before_version) == (first.name, first.before_sha256, 1)
    for then, now in zip(
        sorted(first.agencies, key=lambda row: row.agency.code),
        sorted(second.agencies, key=lambda row: row.agency.code),
        strict=True,
    ):
        assert (now.agency, now.survey, now.change.previous) == (then.agency, then.survey, then.change.previous)
