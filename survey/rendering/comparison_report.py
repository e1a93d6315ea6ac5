"""The comparison of chosen agencies, before it is set in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.findings.values import Wording
from survey.rendering import numbers
from survey.rendering.blocks import Block, Bullets, Chart, Column, Heading, Kind, Paragraph, Report, Table, Value
from survey.rendering.charts import draw_shares, shares_in_words
from survey.rendering.composition import marks_of, numbered, watermark_of
from survey.rendering.letter import letter_of
from survey.rendering.method_annex import comparison_method
from survey.rendering.words import NOT_OFFICIAL, STANDINGS, interval_label, interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.chosen_values import ChosenComparison, PairDifference

PAIR_WORDS: Final = {
    "higher": Wording("cao hơn", "higher"),
    "lower": Wording("thấp hơn", "lower"),
    "no_evidence": STANDINGS["no_evidence"],
    "open": STANDINGS["open"],
    "late": STANDINGS["late"],
    "too_few": STANDINGS["too_few"],
    "nested": Wording("cơ quan này thuộc cơ quan kia, không so sánh", "one lies below the other, not compared"),
    "design": Wording("mẫu phức hợp, không kết luận ở đây", "complex sample, no verdict here"),
}
_REAL: Final = frozenset({"higher", "lower"})


def comparison_report(findings: ChosenComparison, language: str) -> Report:
    """Compose the comparison; draws its chart."""
    say, wave = speaker(language), findings.wave
    return Report(
        language=language,
        title=say(
            "So sánh mức độ hài lòng giữa các cơ quan",
            "Satisfaction with agencies: a comparison",
        ),
        subtitle=f"{findings.issuer.name.text(language)} – {wave.name.text(language)}",
        letter=letter_of(findings.letterhead, findings.issuer, made_on=findings.made_on, language=language),
        made_on=findings.made_on,
        marks=comparison_marks(findings, language),
        watermark=watermark_of(is_draft=not wave.is_released, is_demo=_is_demo(findings), language=language),
        body=tuple(numbered(_body(findings, language))),
        annexes=tuple(numbered(_annexes(findings, language), say("Phụ lục ", "Annex "))),
    )


def comparison_marks(findings: ChosenComparison, language: str) -> tuple[str, ...]:
    """Return the words that every page of a comparison must carry."""
    wave = findings.wave
    preview = wave.state != "closed"
    return marks_of(language, is_draft=not wave.is_released, is_preview=preview, is_demo=_is_demo(findings))


def comparison_tables(findings: ChosenComparison, language: str) -> dict[str, Table]:
    """Make the tables of the comparison, by code."""
    tables = (compared_table(findings, language), matrix_table(findings, language), pairs_table(findings, language))
    return {table.code: table for table in tables}


def compared_table(findings: ChosenComparison, language: str) -> Table:
    """The agencies with n of N and both statistics."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    return Table(
        code="compared",
        title=say("Kết quả chung của từng cơ quan", "Overall result of each agency"),
        sheet=say("Kết quả chung", "Overall"),
        columns=(
            Column(say("Mã", "Code"), Kind.TEXT, 1.2, sheet_only=True),
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.6),
            Column(say("n/N, tham gia", "n/N, participation"), Kind.PARTICIPATION, 1.9),
            Column(say(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}"), Kind.SHARE, 2.2),
            Column(say("Điểm trung bình (1–5)", "Mean score (1–5)"), Kind.SCORE, 2),
        ),
        rows=tuple(
            (
                one.agency.code,
                one.agency.name.text(language),
                one.participation,
                one.overall.share_satisfied,
                one.overall.mean_score,
            )
            for one in findings.agencies
        ),
        note=comparison_label(findings, language),
    )


def matrix_table(findings: ChosenComparison, language: str) -> Table:
    """Element by agency."""
    say = speaker(language)
    return Table(
        code="elements",
        title=say("Tỷ lệ hài lòng theo yếu tố (n)", "Share satisfied by element (n)"),
        sheet=say("Yếu tố", "Elements"),
        columns=(
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.6),
            *(
                Column(f"{at}. {name.text(language)}", Kind.SHARE_N, 2.25)
                for at, name in enumerate(findings.element_names, start=1)
            ),
        ),
        rows=tuple(
            (one.agency.name.text(language), *(each.share_satisfied for each in one.elements))
            for one in findings.agencies
        ),
        note=comparison_label(findings, language),
    )


def pairs_table(findings: ChosenComparison, language: str) -> Table:
    """Every pair with its difference, interval and verdict."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    names = [one.agency.name.text(language) for one in findings.agencies]
    family = numbers.count(findings.comparisons, language)
    return Table(
        code="pairs",
        title=say("Từng cặp cơ quan", "Pair by pair"),
        sheet=say("Từng cặp", "Pairs"),
        columns=(
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3),
            Column(say("So với", "Against"), Kind.TEXT, 3),
            Column(
                say(f"Chênh lệch (điểm %), {interval}", f"Difference (points), {interval}"), Kind.DIFFERENCE, 2.4, "–"
            ),
            Column(say("Kết luận", "Verdict"), Kind.TEXT, 2.6),
        ),
        rows=tuple(_pair_row(pair, names, language) for pair in findings.pairs),
        note=say(
            f"Kết luận giữ đồng thời cho {family} cặp (quy tắc Holm); khoảng tin cậy là của từng cặp.",
            f"Verdicts hold together for {family} pairs (Holm’s rule); intervals are those of each pair alone.",
        ),
    )


def comparison_sentences(findings: ChosenComparison, language: str) -> tuple[str, ...]:
    """Say which agencies differ by more than chance, and for how many pairs nothing is proven."""
    say, names = speaker(language), [one.agency.name.text(language) for one in findings.agencies]
    said = [_differs(pair, names, language) for pair in findings.pairs if pair.words in _REAL]
    open_pairs = sum(pair.words == "no_evidence" for pair in findings.pairs)
    if open_pairs:
        number = numbers.count(open_pairs, language)
        said.append(
            say(
                f"{number} cặp cơ quan không phân biệt được: chênh lệch quan sát được có thể do ngẫu nhiên.",
                f"{number} pairs cannot be told apart: the differences observed may be chance.",
            )
        )
    if findings.wave.state != "closed":
        said.append(
            say("Đợt khảo sát chưa đóng nên chưa có kết luận.", "The wave is not closed, so there is no verdict yet.")
        )
    elif any(pair.words == "late" for pair in findings.pairs):
        said.append(
            say(
                "Chưa có kết luận: phiếu phát trước khi đóng đợt còn được nhận.",
                "No verdict yet: forms handed out before the wave closed still come in.",
            )
        )
    if findings.kinds_differ:
        said.append(
            say(
                "Các cơ quan không cùng loại và giải quyết những việc khác nhau: chênh lệch không chỉ do cách phục vụ.",
                "The agencies are not of one kind and decide other cases: a difference is not due to service alone.",
            )
        )
    return tuple(said)


def comparison_label(findings: ChosenComparison, language: str) -> str:
    """Say what the intervals mean."""
    label = interval_label(findings.wave.sample_kind, findings.confidence_level, language)
    return f"{label[0].upper()}{label[1:]}."


def _is_demo(findings: ChosenComparison) -> bool:
    return any(one.agency.is_demo for one in findings.agencies)


def _body(findings: ChosenComparison, language: str) -> Iterator[Block]:
    say, tables = speaker(language), comparison_tables(findings, language)
    yield Paragraph(NOT_OFFICIAL.text(language))
    yield Heading(1, say("Kết quả chung", "Overall result"))
    if said := comparison_sentences(findings, language):
        yield Bullets(said)
    yield tables["compared"]
    yield from _chart(findings, language)
    yield Heading(1, say("Từng cặp cơ quan", "Pair by pair"))
    yield tables["pairs"]
    yield Heading(1, say("Theo yếu tố", "By element"))
    yield tables["elements"]


def _annexes(findings: ChosenComparison, language: str) -> Iterator[Block]:
    yield Heading(1, speaker(language)("Phương pháp", "Method"))
    yield from comparison_method(findings, language)


def _chart(findings: ChosenComparison, language: str) -> Iterator[Chart]:
    shown = [
        (one.agency.name.text(language), one.overall.share_satisfied)
        for one in findings.agencies
        if one.overall.share_satisfied is not None
    ]
    if shown:
        interval = interval_name(findings.confidence_level, language)
        title = speaker(language)(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}")
        yield Chart("compared", title, shares_in_words(shown, language), draw_shares(shown, language))


def _pair_row(pair: PairDifference, names: list[str], language: str) -> tuple[Value, ...]:
    return names[pair.first], names[pair.second], pair.difference, PAIR_WORDS[pair.words].text(language)


def _differs(pair: PairDifference, names: list[str], language: str) -> str:
    say, difference = speaker(language), pair.difference
    value = difference.value if difference else 0.0
    points = numbers.percentage_points(value, language)
    ends = numbers.signed_points_interval(difference.ci, language) if difference else ""
    first, second, word = names[pair.first], names[pair.second], PAIR_WORDS[pair.words].text(language)
    return say(f"{first} {word} {second}: {points} ({ends}).", f"{first} is {word} than {second}: {points} ({ends}).")
