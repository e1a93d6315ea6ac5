"""Sentences made by rule from findings; they say only what the data support."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering import numbers
from survey.rendering.cells import movement_words
from survey.rendering.period_words import period_before
from survey.rendering.words import interval_name, participation_label, speaker, whole_percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from survey.findings.values import (
        AgencyFindings,
        AnnualFindings,
        Change,
        ElementFindings,
        Measures,
        Participation,
        Points,
        RankedAgency,
    )


def satisfaction(measures: Measures, confidence_level: float, language: str) -> str:
    """Say both statistics with their intervals and n, or that too few answered."""
    say = speaker(language)
    share, mean = measures.share_satisfied, measures.mean_score
    if share is None or mean is None:
        return say(
            "Không đủ số liệu: quá ít người trả lời để nêu một con số.",
            "Not enough data: too few answered for a figure to be given.",
        )
    interval = interval_name(confidence_level, language)
    percent, low_high = numbers.percent(share.value, language), numbers.percent_interval(share.ci, language)
    score, ends = numbers.score(mean.value, language), numbers.score_interval(mean.ci, language)
    n = numbers.sample(share.n, language)
    return say(
        f"{percent} lượt đánh giá ở mức hài lòng hoặc rất hài lòng ({interval}: {low_high}; {n}); "
        f"điểm trung bình {score} trên 5 ({ends}).",
        f"{percent} of the ratings are satisfied or very satisfied ({interval}: {low_high}; {n}); "
        f"the mean score is {score} of 5 ({ends}).",
    )


def taking_part(participation: Participation, language: str) -> str:
    """Say the participation rate and how far the truth could lie if the silent differed."""
    say, label = speaker(language), participation_label(participation, language)
    sentence = f"{label[0].upper()}{label[1:]}."
    if participation.population_size is not None and participation.respondents > participation.population_size:
        sentence += say(
            " CẢNH BÁO: số người trả lời lớn hơn số giao dịch đã giải quyết; có phiếu trùng, hoặc N sai.",
            " WARNING: more respondents than finished transactions; answers were given twice, or N is wrong.",
        )
    if participation.truth_low is None or participation.truth_high is None:
        return sentence
    low, high = numbers.percent(participation.truth_low, language), numbers.percent(participation.truth_high, language)
    return sentence + say(
        f" Nếu những người không trả lời nghĩ khác, tỷ lệ hài lòng của tất cả có thể nằm từ {low} đến {high}.",
        f" If those who did not answer think otherwise, the share of all could lie anywhere from {low} to {high}.",
    )


def lowest_and_highest(elements: Sequence[ElementFindings], language: str) -> str:
    """Name the elements with the highest and the lowest share, as observed; empty where fewer than two are known."""
    known = [(each.measures.share_satisfied, each.name.text(language)) for each in elements]
    shown = [(share.value, share, name) for share, name in known if share is not None]
    if len({numbers.rounded(value * 100, 1) for value, _, _ in shown}) < 2:  # noqa: PLR2004 -- a highest and a lowest
        return ""
    (_, best, highest), (_, worst, lowest) = max(shown, key=lambda s: s[0]), min(shown, key=lambda s: s[0])
    high, low = numbers.percent_estimate(best, language), numbers.percent_estimate(worst, language)
    return speaker(language)(
        f"Trong các yếu tố, cao nhất là “{highest}”: {high}; thấp nhất là “{lowest}”: {low}.",
        f"Among the elements the highest is “{highest}”: {high}; the lowest is “{lowest}”: {low}.",
    )


def index_points(points: Points | None, language: str) -> str:
    """Say the points at the estimate and at both ends of its interval."""
    say = speaker(language)
    if points is None:
        return say(
            "Không nêu điểm đưa vào Chỉ số cải cách hành chính: chưa đủ số liệu, hoặc quy tắc chia điểm theo yếu tố "
            "trong khi mẫu có tầng, cụm hoặc trọng số.",
            "No points of the PAR INDEX are given: not enough data, or points go by element while the sample has "
            "strata, clusters or weights.",
        )
    value, low, high, most = (
        numbers.points(number, language, points.decimals)
        for number in (points.value, points.low, points.high, points.maximum)
    )
    return say(
        f"Kết quả này tương ứng {value} điểm trên {most} điểm của Chỉ số cải cách hành chính; tại hai đầu khoảng tin "
        f"cậy là {low} và {high} điểm.",
        f"This amounts to {value} of {most} points of the PAR INDEX; at the ends of the interval to {low} and {high}.",
    )


def change(change: Change, year: int, language: str, *, before: str = "") -> str:
    """Say what may be said about the change against ``before``; where it is empty, the year before ``year``."""
    say = speaker(language)
    before = before or say(f"năm {year - 1}", str(year - 1))
    if change.verdict == "preview":
        return say(
            f"Đợt năm {year} còn mở; so với {before} khi đợt đã đóng.",
            f"The wave of {year} is still open; it is compared with {before} once it is closed.",
        )
    if change.verdict == "earlier_open":
        return say(
            f"Đợt {before} chưa đóng nên chưa so sánh được; hãy đóng đợt đó trước.",
            f"The wave of {before} is not closed, so nothing can be compared yet; close it first.",
        )
    if change.verdict == "late":
        return say(
            "Chưa kết luận có thay đổi hay không: đợt vừa đóng còn nhận phiếu phát trước khi đóng.",
            "No verdict of change yet: forms handed out before the wave closed still come in.",
        )
    if change.verdict == "new" or (change.difference is None and change.verdict != "not_comparable"):
        return say(f"Chưa có kết quả {before} để so sánh.", f"There is no result of {before} to compare with.")
    if change.difference is None:
        return say(
            f"Không so sánh được với {before}, vì phiếu, phương pháp hoặc đơn vị đã thay đổi.",
            f"Not comparable with {before}: the questionnaire, the method or the unit has changed.",
        )
    points = numbers.percentage_points(change.difference.value, language)
    level = whole_percent(change.difference.confidence_level, language)
    ends = numbers.signed_points_interval(change.difference.ci, language)
    measured = say(
        f"So với {before}: {points} (khoảng tin cậy {level}: {ends})",
        f"Against {before}: {points} ({level} confidence interval: {ends})",
    )
    words = {
        "improved": say("cải thiện", "improved"),
        "declined": say("giảm sút", "declined"),
        "no_evidence": say("chưa đủ căn cứ kết luận có thay đổi", "no evidence of change"),
        "not_comparable": say("không so sánh được", "not comparable"),
    }[change.verdict]
    return f"{measured}: {words}."


def risen_and_fallen(findings: AnnualFindings, language: str) -> str:
    """Say how many rose and fell, as observed, and for how many the change is more than chance."""
    say, before = speaker(language), period_before(findings, language)
    if findings.overall_change.verdict in {"preview", "earlier_open", "late"}:
        return change(findings.overall_change, findings.year, language, before=before)
    verdicts = [row.change.verdict for row in findings.agencies]
    movements = [row.change.movement for row in findings.agencies]
    if not any(row.change.difference for row in findings.agencies):
        return say(f"Không có cơ quan nào so sánh được với {before}.", f"No agency is comparable with {before}.")
    number = [
        numbers.count(value, language)
        for value in (
            findings.score_up, findings.score_down, verdicts.count("improved"), verdicts.count("declined"),
            findings.rank_up, findings.rank_down, findings.rank_same, movements.count("up"), movements.count("down"),
        )
    ]  # fmt: skip
    score_up, score_down, improved, declined, rank_up, rank_down, rank_same, real_up, real_down = number
    return say(
        f"So với {before}, tỷ lệ hài lòng tăng ở {score_up} cơ quan và giảm ở {score_down}; vượt quá sai số ngẫu "
        f"nhiên: {improved} cải thiện, {declined} giảm sút. Về thứ hạng, {rank_up} cơ quan tăng, {rank_down} giảm, "
        f"{rank_same} giữ nguyên; biến động là thật ở {real_up} cơ quan tăng và {real_down} cơ quan giảm.",
        f"Against {before} the share satisfied rose at {score_up} agencies and fell at {score_down}; beyond random "
        f"error: {improved} improved, {declined} declined. In rank {rank_up} rose, {rank_down} fell and {rank_same} "
        f"stayed; the movement is real for {real_up} that rose and {real_down} that fell.",
    )


def placing(row: RankedAgency, agencies: int, language: str, *, with_movement: bool = True) -> str:
    """Say an agency's rank with its set, its figure, and its movement only where it is real."""
    say, name = speaker(language), row.agency.name.text(language)
    if row.rank is None:
        return say(f"{name}: không đủ số liệu để xếp hạng.", f"{name}: not enough data to be ranked.")
    rank, low, high, of = (
        numbers.count(number, language) for number in (row.rank, row.rank_low, row.rank_high, agencies)
    )
    figure = numbers.percent_estimate(row.overall.share_satisfied, language)
    movement = f"; {moved(row.change, row.rank, language)}" if with_movement else ""
    return say(
        f"{name} xếp thứ {rank}/{of} (tập hạng {low}–{high}): {figure}{movement}.",
        f"{name} ranks {rank} of {of} (rank set {low}–{high}): {figure}{movement}.",
    )


def range_of_agencies(findings: AnnualFindings, language: str) -> str:
    """Say the lowest and the highest share among ranked agencies; empty where none is ranked."""
    shares = [row.overall.share_satisfied for row in findings.agencies if row.rank is not None]
    known = sorted((share for share in shares if share is not None), key=lambda share: share.value)
    if len(known) <= 1:
        return ""
    low, high = (numbers.percent_estimate(known[at], language) for at in (0, -1))
    return speaker(language)(
        f"Giữa các cơ quan được xếp hạng, thấp nhất {low}, cao nhất {high}.",
        f"Among the ranked agencies the lowest is {low}, the highest {high}.",
    )


def waiting(findings: AgencyFindings, language: str) -> str:
    """Say how many answers are stored but not, or not yet, in the figures; empty where none are."""
    left = findings.stored - (findings.n or 0)
    if left <= 0:
        return ""
    number, smallest = numbers.count(left, language), numbers.count(10, language)
    if findings.is_final:
        return speaker(language)(
            f"{number} phiếu đã nhận không có trong số liệu: để không ai suy ra được phiếu của một người, số liệu chỉ "
            f"thay đổi khi có thêm ít nhất {smallest} phiếu, mà đợt đã kết thúc trước đó.",
            f"{number} answers received are not in the figures: so that nobody can tell one person's answer, figures "
            f"move only when at least {smallest} more have come, and the wave ended before.",
        )
    return speaker(language)(
        f"{number} phiếu đã nhận còn chờ được tính: số liệu chỉ thay đổi khi có thêm ít nhất {smallest} phiếu.",
        f"{number} answers received wait to be counted: figures move only when at least {smallest} more have come.",
    )


def moved(change: Change, rank: int, language: str) -> str:
    """Say a movement in rank: "tăng 10 bậc từ hạng 13" where it is real, else that it cannot be told."""
    say, words = speaker(language), movement_words(change, language)
    if change.previous_rank is None or change.movement in {"new", "not_comparable"}:
        return words
    old, new = numbers.count(change.previous_rank, language), numbers.count(rank, language)
    if change.movement == "cannot_tell":
        return say(
            f"hạng {old} → {new}: không phân biệt được với không thay đổi",
            f"rank {old} → {new}: cannot be told from no change",
        )
    if change.movement == "same":
        return say(f"giữ nguyên hạng {new}", f"still ranks {new}")
    return say(f"{words} từ hạng {old}", f"{words} from rank {old}")


def left_out(findings: AnnualFindings, language: str) -> str:
    """Say how many agencies are not ranked and which waves still run."""
    say = speaker(language)
    unranked = sum(row.rank is None for row in findings.agencies)
    smallest, number = numbers.count(findings.smallest_n_index, language), numbers.count(unranked, language)
    said = [
        say(
            f"{number} cơ quan không được xếp hạng vì có dưới {smallest} người trả lời (phụ lục).",
            f"{number} {'agency is' if unranked == 1 else 'agencies are'} not ranked: fewer than {smallest} "
            "respondents (annex).",
        )
        if unranked
        else say("Mọi cơ quan đều được xếp hạng.", "Every agency is ranked.")
    ]
    if findings.open_waves:
        names = "; ".join(wave.text(language) for wave in findings.open_waves)
        said.append(say(f"Các đợt đang mở, chưa đưa vào: {names}.", f"Waves still open and left out: {names}."))
    return " ".join(said)


def nothing_closed(findings: AnnualFindings, language: str) -> str:
    """Say that no wave of the year is closed yet."""
    return speaker(language)(
        f"Chưa có đợt khảo sát nào của năm {findings.year} đã đóng, nên chưa có kết quả.",
        f"No wave of {findings.year} is closed yet, so there is no result.",
    )
