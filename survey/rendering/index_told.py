"""What a round of the index tells in sentences, made by rule from its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering import numbers
from survey.rendering.index_costs import costliest_sentence
from survey.rendering.index_sentences import placement
from survey.rendering.index_words import INDEX_BREAKS, KINDS, WEIGHTS, among, exactly, points, signed
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from survey.findings.index_result_values import IndexAgency, IndexFindings

_MOST: Final = 5


def main_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield who is first and last, the mean, and how many are above it."""
    say, ranked = speaker(language), findings.ranked
    first, last = ranked[0], ranked[-1]
    kind = KINDS[findings.applies_to].text(language) if findings.applies_to in KINDS else say("đơn vị", "units")
    said = [points(value, findings, language) for value in (findings.mean, first.points, last.points)]
    is_are = "is" if len(findings.above_mean) == 1 else "are"
    above, most = f"{len(findings.above_mean)}/{len(ranked)}", exactly(findings.maximum, language)
    if len(ranked) > 1:
        yield say(
            f"Điểm bình quân của {len(ranked)} {kind} được xếp hạng là {said[0]}/{most}; {above} cao hơn mức bình "
            "quân.",
            f"The {len(ranked)} {kind} ranked have {said[0]} of {most} points on average; {above} {is_are} above it.",
        )
    else:
        yield say(f"Chỉ một cơ quan được xếp hạng, trên tối đa {most} điểm.",
                  f"Only one agency is ranked, out of {most} points.")  # fmt: skip
    if len(ranked) > 1 and last.rank == 1:
        yield say(f"Tất cả bằng điểm nhau: {said[1]} điểm.", f"All have the same points: {said[1]}.")
    else:
        firsts = _names([row for row in ranked if row.rank == 1], language)
        yield say(f"Đứng đầu: {firsts} với {said[1]} điểm.", f"First: {firsts} with {said[1]} points.")
    if last.rank != 1:
        lasts = _names([row for row in ranked if row.rank == last.rank], language)
        yield say(f"Cuối bảng: {lasts} với {said[2]} điểm.", f"Last: {lasts} with {said[2]} points.")
    source = findings.survey_source
    if source is not None and source.year != findings.year:
        yield say(
            f"Lưu ý: điểm khảo sát lấy từ “{source.name.vi}” của năm {source.year}, không phải năm {findings.year}: "
            f"{source.reason}",
            f"Remark: survey points come from “{source.name.en}” of {source.year}, not of {findings.year}: "
            f"{source.reason}",
        )
    if lacking := [row for row in ranked if row.unscored]:
        names = _names(lacking, language)
        why = findings.unscored_reason
        if findings.is_draft:
            why = say(
                "hãy chấm nốt hoặc nêu lý do trước khi quyết định.", "score them, or say why, before the decision."
            )
        yield say(
            f"Có tiêu chí chưa ai chấm, tính không điểm: {names}; {_ended(why) or 'quyết định không nêu lý do.'}",
            f"Criteria that nobody scored count nothing: {names}; {_ended(why) or 'the decision does not say why.'}",
        )


def _ended(reason: str) -> str:
    # As it was typed, with or without its full stop.
    typed = reason.strip()
    return f"{typed}." if typed and typed[-1] not in ".!?…" else typed


def few_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield whose survey part is left out since too few answered, and what the rubric makes of that."""
    say = speaker(language)
    most = exactly(findings.maximum, language)
    for rescaled in (True, False):
        rows = [row for row in findings.agencies if row.too_few_answered and row.is_rescaled is rescaled]
        if not rows:
            continue
        names = _names(rows, language)
        what = say(
            f"các phần còn lại quy đổi ra {most} điểm" if rescaled else "phần khảo sát tính không điểm",
            f"the other parts stand for the {most} points" if rescaled else "the survey part counts nothing",
        )
        yield say(
            f"Ít người trả lời khảo sát hơn mức tối thiểu của phương pháp: {names}; theo bộ tiêu chí, {what}.",
            f"Fewer people answered than the method needs: {names}; by the rubric {what}.",
        )


def class_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield each class with how many are in it, and how many of them are not certain."""
    say = speaker(language)
    for code in [*(one.code for one in findings.classes), ""] if findings.classes else []:
        own = [row for row in findings.ranked if row.class_code == code]
        if not own:
            continue
        name, unsure = findings.class_name(code).text(language), sum(not row.is_class_certain for row in own)
        doubt = say(f", trong đó {unsure} chưa chắc chắn", f", {unsure} of them not certain") if unsure else ""
        agencies = "agency" if len(own) == 1 else "agencies"
        yield say(f"{name}: {len(own)} cơ quan{doubt}.", f"{name}: {len(own)} {agencies}{doubt}.")


def movement_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield how many rose and fell, what is beyond the surveys' error, who moved most, and what is not compared."""
    say, counts, before = speaker(language), findings.counts, findings.before_year
    of = counts.common
    if of:
        yield say(
            f"So với năm {before}: {counts.score_up}/{of} cơ quan tăng điểm, {counts.score_down}/{of} giảm, "
            f"{counts.score_same}/{of} giữ nguyên; vượt quá sai số khảo sát: {counts.score_real_up} tăng, "
            f"{counts.score_real_down} giảm.",
            f"Against {before}: {counts.score_up} of {_agencies(of)} rose, {counts.score_down} fell, "
            f"{counts.score_same} stayed; beyond the error of the survey {counts.score_real_up} rose and "
            f"{counts.score_real_down} fell.",
        )
    if counts.rank_up + counts.rank_down + counts.rank_same:
        yield say(
            f"Về hạng: {counts.rank_up} cơ quan lên hạng, {counts.rank_down} xuống hạng, {counts.rank_same} giữ "
            f"nguyên; phân biệt được: {counts.rank_real_up} lên, {counts.rank_real_down} xuống.",
            f"In rank: {counts.rank_up} up, {counts.rank_down} down, {counts.rank_same} the same; told apart: "
            f"{counts.rank_real_up} up, {counts.rank_real_down} down.",
        )
    for code in findings.breaks:
        what = INDEX_BREAKS[code].text(language)
        yield say(f"Không so {_what(code, 'vi')} với năm {before}: {what}.",
                  f"{_what(code, 'en')} are not compared with {before}: {what}.")  # fmt: skip
    yield from _apart(findings, language)
    for row in _largest(findings):
        yield _moved(row, findings, language)
    for row in findings.agencies:
        if row.change.is_converted:
            parts = ", ".join(part.name.text(language) for part in row.change.parts)
            weights = WEIGHTS[row.change.weights].text(language)
            base = points(row.change.previous, findings, language)
            name = row.agency.name.text(language)
            yield say(
                f"{name}: điểm năm {before} là số liệu quy đổi {base} từ {parts}, {weights}.",
                f"{name}: its points of {before} are converted, {base} from {parts}, {weights}.",
            )


def component_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield the best and the last of every area."""
    say = speaker(language)
    rows = {row.agency.id: row for row in findings.agencies}
    for one in findings.components:
        if one.level == "area":
            best, last = (_names([rows[each] for each in ids], language) for ids in (one.best, one.last))
            said = [points(value, findings, language) for value in (one.mean, one.maximum, one.highest, one.lowest)]
            name = one.name.text(language)
            if one.best == one.last and len(one.best) > 1:
                yield say(
                    f"{name}: tất cả bằng nhau, {said[0]}/{said[1]}.", f"{name}: all have {said[0]} of {said[1]}."
                )
                continue
            yield say(
                f"{name}: bình quân {said[0]}/{said[1]}; cao nhất {best} ({said[2]}), thấp nhất {last} ({said[3]}).",
                f"{name}: mean {said[0]} of {said[1]}; best {best} ({said[2]}), last {last} ({said[3]}).",
            )


def lost_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield the criteria that cost most points on average."""
    say = speaker(language)
    leaves = [(one.lost, one) for one in findings.components if one.level == "leaf" and one.lost]
    for missed, one in sorted(leaves, key=lambda pair: -pair[0])[:_MOST]:
        lost, name = points(missed, findings, language), one.name.text(language)
        yield say(
            f"Tiêu chí {one.code} {name}: mất bình quân {lost} điểm.",
            f"Criterion {one.code} {name}: {lost} points lost on average.",
        )


def cost_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield which element of satisfaction costs most, and whether it is certain that it is this one."""
    if told := costliest_sentence(findings.element_costs, findings.decimals, language, is_mean=True):
        yield told


def outside_sentences(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield the latest place of our units in the indexes of others."""
    for index in findings.outside:
        for unit in index.units[:_MOST]:
            year = unit.steps[-1].year
            say, name = speaker(language), unit.unit.text(language)
            yield say(
                f"{name}, năm {year}: {placement(unit, year, language)} (nguồn: {index.publisher}).",
                f"{name} in {year}: {placement(unit, year, language)} (source: {index.publisher}).",
            )


def _largest(findings: IndexFindings) -> list[IndexAgency]:
    compared = [row for row in findings.ranked if row.change.verdict in {"rose", "fell"}]
    return sorted(compared, key=lambda row: -abs(float(row.change.difference or 0)))[:_MOST]


def _moved(row: IndexAgency, findings: IndexFindings, language: str) -> str:
    say, change, name = speaker(language), row.change, row.agency.name.text(language)
    difference = signed(float(change.difference or 0), findings, language)
    place = ""
    if change.rank_change and change.previous_rank:
        doubt = say(", hạng chưa phân biệt được", ", places not told apart")
        size, up = abs(change.rank_change), change.rank_change > 0
        places = "place" if size == 1 else "places"
        before, now = f"{change.previous_rank}/{change.previous_of}", f"{row.rank}/{len(findings.ranked)}"
        place = say(
            f", {'tăng' if up else 'giảm'} {size} bậc{among(change, language)} (năm trước thứ {before}, nay thứ {now})",
            f", {size} {places} {'up' if up else 'down'}{among(change, language)} (from {before} to {now})",
        ) + (doubt if change.movement == "cannot_tell" else "")
    return say(f"{name}: {difference} điểm{place}.", f"{name}: {difference} points{place}.")


def _what(code: str, language: str) -> str:
    vi, en = ("hạng", "Ranks") if code == "units" else ("điểm và hạng", "Points and ranks")
    return vi if language == "vi" else en


def _names(rows: Sequence[IndexAgency], language: str) -> str:
    said = ", ".join(row.agency.name.text(language) for row in rows[:_MOST])
    more = len(rows) - _MOST
    left = numbers.count(max(more, 0), language)
    return said + (speaker(language)(f" và {left} cơ quan khác", f" and {left} more") if more > 0 else "")


def _agencies(number: int) -> str:
    return f"{number} {'agency' if number == 1 else 'agencies'}"


def _apart(findings: IndexFindings, language: str) -> Iterator[str]:
    """Yield whose points and rank are not compared although those of others are, and why."""
    say = speaker(language)
    codes = dict.fromkeys(code for row in findings.agencies for code in row.change.breaks if code != "units")
    for code in codes:
        rows = [row for row in findings.agencies if code in row.change.breaks]
        if code not in findings.breaks:
            names, why = _names(rows, language), INDEX_BREAKS[code].text(language)
            yield say(
                f"Không so điểm và hạng của {names} với năm {findings.before_year}: {why}.",
                f"Points and ranks of {names} are not compared with {findings.before_year}: {why}.",
            )
