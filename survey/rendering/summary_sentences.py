"""Sentences of a summary, made by rule: a movement is only told as one where it is real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering import numbers
from survey.rendering.element_ranges import element_ranges
from survey.rendering.period_words import period, period_before
from survey.rendering.sentences import moved
from survey.rendering.words import SAMPLE_KINDS, VERDICTS, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from survey.findings.values import AnnualFindings, Count, RankedAgency
    from survey.rendering.element_ranges import Range

_REAL: Final = frozenset({"up", "down"})
# Why nothing is compared yet is said where the change would be.
_NOT_YET: Final = frozenset({"preview", "earlier_open", "late"})
# Beyond these a list of sentences is no longer read.
_MOST_MOVED: Final = 10


def foreword(findings: AnnualFindings, language: str) -> str:
    """Say who asked whom, when, and how many forms came back."""
    say, root = speaker(language), findings.root.name.text(language)
    if not findings.waves:
        return ""
    first = numbers.day(min(wave.opens_on for wave in findings.waves), language)
    last = numbers.day(max(wave.closes_on for wave in findings.waves), language)
    waves, agencies, answered, n = (
        numbers.count(number, language)
        for number in (len(findings.waves), len(findings.agencies), _answered(findings), findings.n)
    )
    name = period(findings, language)
    kinds = "; ".join(sorted({SAMPLE_KINDS[wave.sample_kind].text(language) for wave in findings.waves}))
    one = len(findings.waves) == 1
    opening = say(
        f"Báo cáo này tổng hợp kết quả khảo sát mức độ hài lòng của người dân, tổ chức về sự phục vụ của các cơ quan "
        f"trực thuộc {root}, {name}: {waves} đợt khảo sát, từ ngày {first} đến ngày {last}; {kinds}.",
        f"This report sums up how satisfied citizens and organisations were with the agencies under {root} in {name}: "
        f"{waves} {'wave' if one else 'waves'} of fieldwork, from {first} to {last}; {kinds}.",
    )
    return opening + say(
        f" {answered} trong {agencies} cơ quan có phiếu; {n} người trả lời được tính.",
        f" {answered} of {agencies} agencies have answers; {n} respondents are counted.",
    )


def returns(findings: AnnualFindings, language: str) -> str:
    """Say how many forms were issued, returned and valid; empty where nothing is known."""
    say, forms = speaker(language), findings.forms
    if forms is None or not forms.received:
        return ""
    received, valid, excluded, withdrawn, waiting = (
        numbers.count(number, language)
        for number in (forms.received, forms.valid, forms.excluded, forms.withdrawn, forms.waiting)
    )
    rate = numbers.percent(forms.valid / forms.received, language)
    said = say(
        f"Thu về {received} phiếu, {valid} phiếu hợp lệ ({rate} số thu về); không tính theo quy tắc {excluded}, người "
        f"trả lời rút lại {withdrawn}, còn chờ {waiting}.",
        f"{received} answers came in, {valid} of them valid ({rate} of those received); {excluded} were excluded by a "
        f"rule, {withdrawn} withdrawn, {waiting} wait.",
    )
    if not forms.paper_issued:
        return said
    issued, returned, kept = (
        numbers.count(number, language) for number in (forms.paper_issued, forms.paper_returned, forms.paper_valid)
    )
    return said + say(
        f" Riêng phiếu giấy: phát ra {issued}, thu về {returned}, hợp lệ {kept}.",
        f" Of paper forms {issued} were issued, {returned} returned, {kept} valid.",
    )


def mode_mix(channels: Sequence[Count], language: str) -> str:
    """Say by which channels the answers came; empty where there are none."""
    say, total = speaker(language), sum(channel.count for channel in channels)
    if not total:
        return ""
    parts = "; ".join(
        f"{channel.name.text(language)} {numbers.percent(channel.count / total, language)} "
        f"({numbers.count(channel.count, language)})"
        for channel in channels
    )
    return say(f"Cơ cấu kênh trả lời: {parts}.", f"Mix of channels: {parts}.")


def fixed_mix(findings: AnnualFindings, language: str) -> str:
    """Say what the change would be if people had been reached as before; empty where it cannot be told."""
    mix = findings.fixed_mix
    if mix is None:
        return ""
    say, before = speaker(language), period_before(findings, language)
    share = numbers.percent_estimate(mix.share, language)
    within, channels = (numbers.percentage_points(part, language) for part in (mix.within, mix.mix))
    return say(
        f"Nếu cơ cấu kênh như {before}, tỷ lệ hài lòng là {share}. Trong mức thay đổi quan sát được, {within} do câu "
        f"trả lời trong từng kênh và {channels} do cơ cấu kênh khác đi (tách tại ước lượng, không có khoảng riêng).",
        f"With the mix of channels of {before} the share would be {share}. Of the change observed, {within} came from "
        f"what people said within the channels and {channels} from another mix of channels (taken apart at the "
        "estimate, without intervals of their own).",
    )


def ranges(findings: AnnualFindings, language: str) -> Iterator[str]:
    """Yield a sentence for each element: its figure, its range with the agencies' names, and its change."""
    found = element_ranges(findings)[1:]
    for at, name in enumerate(findings.element_names):
        share = findings.elements[at].share_satisfied
        if share is None:
            continue
        said = f"{name.text(language)}: {numbers.percent_estimate(share, language)}"
        if (spread := found[at]) is not None:
            said += f"; {_range(spread, language)}"
        if at < len(findings.element_changes):
            change = findings.element_changes[at]
            if change.difference is not None:
                points = numbers.percentage_points(change.difference.value, language)
                verdict = VERDICTS[change.verdict].text(language)
                before = period_before(findings, language)
                ends = numbers.signed_points_interval(change.difference.ci, language)
                said += speaker(language)(
                    f"; so với {before} {points} ({ends}), {verdict}",
                    f"; against {before} {points} ({ends}), {verdict}",
                )
        yield f"{said}."


def overall_range(findings: AnnualFindings, language: str) -> str:
    """Say the lowest and the highest of the ranked agencies by name; empty where fewer than two are ranked."""
    spread = element_ranges(findings)[0]
    if spread is None:
        return ""
    said = _range(spread, language)
    return speaker(language)(f"Giữa các cơ quan được xếp hạng: {said}.", f"Among the ranked agencies: {said}.")


def movements(findings: AnnualFindings, language: str) -> Iterator[str]:
    """Yield a sentence for each agency whose movement in rank is real, the largest first, and one for the rest."""
    say, before = speaker(language), period_before(findings, language)
    compared = [row for row in findings.agencies if row.rank is not None and row.change.rank_change is not None]
    if not compared:
        return
    of = sum(row.rank is not None for row in findings.agencies)
    real = sorted((row for row in compared if row.change.movement in _REAL), key=_places, reverse=True)
    for row in real[:_MOST_MOVED]:
        yield f"{movement(row, of, language)}."
    told_apart = len(compared) - len(real)
    rest = numbers.count(max(0, len(real) - _MOST_MOVED), language)
    if len(real) > _MOST_MOVED:
        yield say(
            f"{rest} cơ quan khác cũng có biến động hạng là thật (bảng xếp hạng).",
            f"{rest} more agencies have a real movement (ranking table).",
        )
    if told_apart:
        number = numbers.count(told_apart, language)
        yield say(
            f"Ở {number} cơ quan, hạng so với {before} không phân biệt được với không thay đổi.",
            f"For {number} agencies the rank cannot be told from no change against {before}.",
        )


def movement(row: RankedAgency, of: int, language: str) -> str:
    """Say an agency's movement: "X tăng 10 bậc từ hạng 13, xếp thứ 3/63" only where it is real."""
    say, name = speaker(language), row.agency.name.text(language)
    rank, total, low, high = (numbers.count(number, language) for number in (row.rank, of, row.rank_low, row.rank_high))
    said = moved(row.change, row.rank or 0, language)
    place = say(f"xếp thứ {rank}/{total} (tập hạng {low}–{high})", f"ranks {rank} of {total} (rank set {low}–{high})")
    if row.change.movement in _REAL:
        return say(f"{name} {said}, {place}", f"{name} went {said} and {place}")
    return f"{name} {place}; {said}"


def alike(findings: AnnualFindings, language: str) -> str:
    """Say how many of the ranked agencies can be told from their neighbours; empty where none is ranked."""
    runs = [(first, last) for first, last in findings.alike if last > first]
    ranked = sum(row.rank is not None for row in findings.agencies)
    if ranked <= 1 or not findings.alike:
        return ""
    say = speaker(language)
    if not runs:
        return say(
            "Mọi cơ quan được xếp hạng đều khác nhau vượt quá sai số ngẫu nhiên.",
            "All ranked agencies differ by more than random error.",
        )
    first, last = max(runs, key=lambda run: run[1] - run[0])
    low, high = (numbers.count(findings.agencies[at].rank, language) for at in (first, last))
    size, total = (numbers.count(number, language) for number in (last - first + 1, ranked))
    return say(
        f"Không phải mọi thứ hạng đều có nghĩa: nhóm dài nhất không phân biệt được gồm {size} trong {total} cơ quan, "
        f"từ hạng {low} đến hạng {high}.",
        f"Not every rank means something: the longest group that cannot be told apart has {size} of {total} agencies, "
        f"from rank {low} to rank {high}.",
    )


def not_told(findings: AnnualFindings, language: str) -> Iterator[str]:
    """Yield, of what a summary of this kind is expected to tell, what this one cannot, and why."""
    if not findings.waves or findings.overall.is_suppressed:
        return
    say, kinds = speaker(language), {question.kind for question in findings.questions}
    if not findings.by_group and findings.weighting == "design":
        yield say(
            "Mức độ hài lòng theo nhóm người trả lời: phiếu này không hỏi người trả lời thuộc nhóm nào.",
            "Satisfaction by group of respondents: this form does not ask who answers.",
        )
    elif not findings.by_group:
        yield say(
            "Mức độ hài lòng theo nhóm người trả lời (giới tính, tuổi, nghề nghiệp…): không tính, vì phiếu tại quầy "
            "không gắn đánh giá với người trả lời là ai; chỉ khảo sát chọn mẫu có tầng, cụm hoặc trọng số mới nêu.",
            "Satisfaction by group of respondents (sex, age, occupation …): not made, since answers at the counter do "
            "not tie a rating to who gave it; only a survey drawn with strata, clusters or weights tells it.",
        )
    if not kinds & {"perception", "expectation", "demographic"}:
        yield say(
            "Cảm nhận, trải nghiệm, mong muốn và người trả lời là ai: phiếu này không hỏi.",
            "Perception, experience, expectations and who answered: this form does not ask.",
        )
    if not findings.by_field:
        yield say(
            "Theo lĩnh vực: không phiếu nào trong số liệu ghi lĩnh vực, hoặc mẫu có thiết kế riêng.",
            "By field of service: no answer in the figures has a field, or the sample has a design of its own.",
        )
    if len(findings.series) <= 1 and findings.overall_change.verdict not in _NOT_YET:
        yield say(
            "Qua các kỳ: chưa có kỳ trước nào cộng được vào chuỗi.",
            "Over the periods: there is no earlier period that could be put in line.",
        )


def _range(spread: Range, language: str) -> str:
    say = speaker(language)
    low, high = (numbers.percent_estimate(end.share, language) for end in (spread.low, spread.high))
    lowest, highest = (end.agency.name.text(language) for end in (spread.low, spread.high))
    return say(
        f"thấp nhất {low} ở {lowest}, cao nhất {high} ở {highest}",
        f"lowest {low} at {lowest}, highest {high} at {highest}",
    )


def _answered(findings: AnnualFindings) -> int:
    """Count the agencies with any answer; a value frozen before this was counted tells those with figures."""
    return findings.answered or sum(row.overall.n is not None for row in findings.agencies)


def _places(row: RankedAgency) -> int:
    return abs(row.change.rank_change or 0)
