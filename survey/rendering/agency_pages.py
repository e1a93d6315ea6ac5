"""One page for each agency of a summary: its figures, its movement, its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering import numbers, sentences
from survey.rendering.blocks import Block, Bullets, Column, Heading, Kind, Table, Value
from survey.rendering.composition import is_preview
from survey.rendering.period_words import period_before
from survey.rendering.summary_label import weakest_sample
from survey.rendering.summary_sentences import movement
from survey.rendering.words import BREAKS, interval_label, interval_name, participation_label, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AnnualFindings, RankedAgency


def agency_pages(findings: AnnualFindings, language: str) -> Iterator[Block]:
    """Yield the pages of all agencies, in the order of the ranking; the first stands on the page of its chapter."""
    ranked = sum(each.rank is not None for each in findings.agencies)
    for at, row in enumerate(findings.agencies):
        yield Heading(2, row.agency.name.text(language), new_page=at > 0)
        yield Bullets(tuple(filter(None, _said(row, findings, ranked, language))))
        if not row.overall.is_suppressed:
            yield _table(row, findings, language)


def _said(row: RankedAgency, findings: AnnualFindings, ranked: int, language: str) -> Iterator[str]:
    say = speaker(language)
    yield sentences.satisfaction(row.overall, findings.confidence_level, language)
    if row.rank is None:
        smallest = numbers.count(findings.smallest_n_index, language)
        yield say(f"Không xếp hạng: dưới {smallest} người trả lời.", f"Not ranked: fewer than {smallest} respondents.")
    elif is_preview(findings):
        yield sentences.placing(row, ranked, language, with_movement=False)
    else:
        yield f"{movement(row, ranked, language)}."
    if not is_preview(findings):
        yield _change(row, findings, language)
    yield sentences.taking_part(row.participation, language)
    yield sentences.index_points(row.points, language)


def _change(row: RankedAgency, findings: AnnualFindings, language: str) -> str:
    say, before = speaker(language), period_before(findings, language)
    if row.breaks:
        why = "; ".join(BREAKS[code].text(language) for code in row.breaks)
        return say(f"Không so sánh được với {before}: {why}.", f"Not comparable with {before}: {why}.")
    return sentences.change(row.change, findings.year, language, before=before)


def _table(row: RankedAgency, findings: AnnualFindings, language: str) -> Table:
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    name = row.agency.name.text(language)
    points = row.element_points
    rows: list[tuple[Value, ...]] = [
        (
            say("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)"),
            row.overall.n, row.overall.share_satisfied, row.overall.mean_score,
            row.points.value if row.points else None,
            None,
        )
    ]  # fmt: skip
    rows += [
        (
            element.text(language), each.n, each.share_satisfied, each.mean_score,
            points[at].value if points else None,
            points[at].lost if points else None,
        )
        for at, (element, each) in enumerate(zip(findings.element_names, row.elements, strict=True))
    ]  # fmt: skip
    return Table(
        code=f"agency-{row.agency.code}",
        title=say(f"Kết quả của {name}", f"Results of {name}"),
        sheet=row.agency.code,
        columns=(
            Column(say("Nội dung", "What was rated"), Kind.TEXT, 4),
            Column("n", Kind.COUNT, 1, "–"),
            Column(say(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}"), Kind.SHARE, 2.2),
            Column(say("Điểm trung bình (1–5)", "Mean score (1–5)"), Kind.SCORE, 1.9),
            Column(say("Điểm đạt", "Points"), Kind.POINTS_PART, 1.1, "–"),
            Column(say("Điểm mất", "Points lost"), Kind.POINTS_PART, 1.1, "–"),
        ),
        rows=tuple(rows),
        note=_label(row, findings, language),
    )


def _label(row: RankedAgency, findings: AnnualFindings, language: str) -> str:
    """Say what the intervals mean: a page that is taken out of the summary must say it itself."""
    label = interval_label(weakest_sample(findings), findings.confidence_level, language)
    return f"{label[0].upper()}{label[1:]}; {participation_label(row.participation, language)}."
