"""Every code of findings has words in both languages, so that no report can fail on one."""

from dataclasses import replace

import pytest

from survey.models.fieldwork import SAMPLE_KINDS
from survey.rendering import words
from survey.rendering.pdf import agency_pdf
from tests.rendering.examples import agency_example
from tests.rendering.reading import pdf_text


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (words.SAMPLE_KINDS, SAMPLE_KINDS),
        (words.POPULATIONS, SAMPLE_KINDS),
        (words.WEIGHTINGS, ("own", "pooled", "population", "design")),
        (words.VERDICTS, ("improved", "declined", "no_evidence", "not_comparable", "new")),
        (words.DIMENSIONS, ("service_point", "field", "language")),
    ],
)
def test_every_code_has_words(known: dict[str, words.Wording], codes: tuple[str, ...]) -> None:
    assert set(codes) <= set(known)
    assert all(wording.vi and wording.en and wording.vi != wording.en for wording in known.values())


@pytest.mark.parametrize("sample_kind", ["household", "transactions"])
def test_a_random_sample_does_not_carry_the_label_of_self_selected_answers(sample_kind: str) -> None:
    label = words.interval_label(sample_kind, 0.95, "vi")

    assert label == "khoảng tin cậy 95\N{NO-BREAK SPACE}% của mẫu ngẫu nhiên"


@pytest.mark.parametrize(("weighting", "expected"), [("design", True), ("population", True), ("own", False)])
def test_counts_beside_weighted_shares_say_that_they_are_not_weighted(weighting: str, *, expected: bool) -> None:
    text = pdf_text(agency_pdf(replace(agency_example(), weighting=weighting)))

    assert ("chưa gia trọng" in text) is expected
