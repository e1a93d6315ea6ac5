"""A summary with everything that it can tell, and names that a spreadsheet, a page or typst would read as their own."""

import random
from dataclasses import replace
from datetime import date

from survey.findings.exclusion_effect import WITH, WITHOUT
from survey.findings.form_values import FormCounts
from survey.findings.values import (
    AnnualFindings,
    BreakdownRow,
    ElementFindings,
    ItemFindings,
    Measures,
    OptionFindings,
    PeriodFigures,
    QuestionFindings,
    Wording,
)
from tests.rendering.examples import (
    CHANNELS,
    ELEMENTS,
    annual_example,
    change_example,
    channels,
    drawn_levels,
    measures,
    points_of,
    share,
)

YEARS = (2024, 2025, 2026)
# What a spreadsheet would compute, a page would run, or typst would read as markup.
HOSTILE_NAMES = (
    '=HYPERLINK("http://x";"Phí, lệ phí")',
    "+84 236 1022",
    "-2+3",
    "@SUM(A1:A9)",
    "<script>alert(1)</script> & <b>Hộ tịch</b>",
    "#let x = 1; $x^2$ *đậm* _nghiêng_ `mã` \\ [a] <nhãn> @nguồn // hết",
)


def full_example(agencies: int = 34) -> AnnualFindings:
    """Return the example of a year with every field filled; rows whose figures are withheld among them."""
    dice = random.Random(agencies)  # noqa: S311 -- made-up answers, no secret
    found = annual_example(agencies)
    named = zip(ELEMENTS, found.elements, strict=True)
    return replace(
        found,
        verified=found.n // 9,
        by_channel=_groups_of("channel", tuple(Wording(vi, en) for _, vi, en, _ in CHANNELS), dice),
        by_field=_groups_of("field", tuple(Wording(name, name) for name in HOSTILE_NAMES), dice),
        by_group=_groups_of("group", (Wording("Tuổi – Dưới 25", "Age – Under 25"),), dice),
        exclusion_effect=_groups_of("exclusions", (WITH, WITHOUT), dice),
        questions=_questions(),
        forms=FormCounts(1000, 700, 690, 400, found.n + 35, 15, 9, 11, found.n),
        items=tuple(
            ElementFindings(code, Wording(vi, en), one, (ItemFindings(f"{code}1", Wording(f"{vi}?", f"{en}?"), one),))
            for (code, vi, en), one in named
        ),
        element_changes=tuple(
            change_example(at, one.share_satisfied, dice) for at, one in enumerate(found.elements, start=1)
        ),
        series=_series(found.overall, found.elements, dice),
        alike=((0, min(2, agencies - 1)),),
        points=points_of(found.elements)[0],
        element_points=points_of(found.elements)[1],
        answered=agencies,
        folded_until=date(2026, 11, 2),
    )


def _groups_of(dimension: str, names: tuple[Wording, ...], dice: random.Random) -> tuple[BreakdownRow, ...]:
    """Every third group has too few answers."""
    return tuple(
        BreakdownRow(dimension, f"m{at}", name, measures(None if at % 3 == 2 else drawn_levels(dice, 300, 0.86)))
        for at, name in enumerate(names)
    )


def _questions() -> tuple[QuestionFindings, ...]:
    """One of each kind; the last was answered by too few."""
    options = (Wording("Không", "No"), Wording(HOSTILE_NAMES[0], HOSTILE_NAMES[0]))
    told = tuple(OptionFindings(name, count, share(count, 300)) for name, count in zip(options, (250, 50), strict=True))
    hidden = tuple(OptionFindings(name, None, None) for name in options)
    return tuple(
        QuestionFindings(
            kind[:2], kind, Wording("Phần", "Part"), Wording(f"Câu hỏi {kind}", f"Question {kind}"), several=False,
            n=None if kind == "reasons" else 300, no_opinion=None if kind == "reasons" else 4,
            options=hidden if kind == "reasons" else told,
        )
        for kind in ("perception", "expectation", "demographic", "reasons")
    )  # fmt: skip


def _series(overall: Measures, elements: tuple[Measures, ...], dice: random.Random) -> tuple[PeriodFigures, ...]:
    """Three years, the second after a break."""
    return tuple(
        PeriodFigures(
            Wording(f"năm {year}", str(year)), year, overall.n or 0, overall.share_satisfied, overall, elements,
            channels(1000), breaks, channels_moved=year == YEARS[-1],
            change=change_example(11 if breaks else 1, overall.share_satisfied, dice),
        )
        for year, breaks in zip(YEARS, ((), ("questionnaire", "unit"), ()), strict=True)
    )  # fmt: skip
