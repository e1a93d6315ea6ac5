"""Road maps, aims and what they would take, in sentences made by rule."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Final

from survey.findings.values import Wording
from survey.rendering import numbers
from survey.rendering.index_costs import costliest_sentence
from survey.rendering.index_words import exactly
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from survey.findings.index_plan_values import Aim, AimStanding, LostLeaf, RoadMap
    from survey.findings.index_result_values import ElementCost, IndexAgency, IndexFindings
    from survey.findings.index_targets import TargetOutlook

TASK_STATES: Final = {
    "planned": Wording("chưa làm", "to do"),
    "begun": Wording("đang làm", "under way"),
    "done": Wording("đã xong", "done"),
    "dropped": Wording("đã bỏ", "dropped"),
}
OVERDUE: Final = Wording("quá hạn", "overdue")
LOST_KINDS: Final = {
    "unscored": Wording("chưa ai chấm", "scored by nobody"),
    "nothing": Wording("không điểm", "nothing"),
    "low": Wording("dưới một nửa", "below half"),
    "part": Wording("mất một phần", "lost in part"),
}
_MOST: Final = 6
# Ten thousand draws do not tell more.
_HARDLY, _ALMOST = 0.01, 0.99


def place_sentence(row: IndexAgency, findings: IndexFindings, language: str) -> str:
    """Say the points and the rank with its set; an agency without a rank is told why."""
    say, said = speaker(language), _points(row.points, findings.decimals, language)
    most = exactly(row.maximum, language)
    if row.rank is None:
        why = f" {row.note}" if row.note else ""
        return say(f"Được {said}/{most} điểm, không xếp hạng.{why}", f"{said} of {most} points, without a rank.{why}")
    of = len(findings.ranked)
    open_ = ""
    if row.rank_low is not None and row.rank_high is not None and row.rank_low != row.rank_high:
        open_ = say(
            f"; sai số khảo sát chưa loại trừ từ hạng {row.rank_low} đến hạng {row.rank_high}",
            f"; the survey leaves open rank {row.rank_low} to {row.rank_high}",
        )
    return say(
        f"Được {said}/{most} điểm, đứng thứ {row.rank}/{of}{open_}.",
        f"{said} of {most} points, rank {row.rank} of {of}{open_}.",
    )


def weak_sentences(leaves: Sequence[LostLeaf], language: str) -> Iterator[str]:
    """Yield which leaves have nothing or little here, and which of them are low everywhere or only here."""
    say = speaker(language)
    unscored = [one for one in leaves if one.kind == "unscored"]
    nothing = [one for one in leaves if one.kind == "nothing"]
    low = [one for one in leaves if one.kind == "low"]
    if unscored:
        names = _codes(unscored, language)
        yield say(
            f"Chưa ai chấm {len(unscored)} tiêu chí, tạm tính không điểm: {names}.",
            f"Scored by nobody ({len(unscored)}), counting nothing: {names}.",
        )
    if nothing:
        names = _codes(nothing, language)
        yield say(f"Không có điểm ở {len(nothing)} tiêu chí: {names}.", f"Nothing at all ({len(nothing)}): {names}.")
    if low:
        names = _codes(low, language)
        yield say(f"Dưới một nửa điểm ở {len(low)} tiêu chí: {names}.", f"Less than half ({len(low)}): {names}.")
    weak = [*nothing, *low]
    if common := [one for one in weak if one.is_common]:
        names = _codes(common, language)
        yield say(
            f"Ít nhất một nửa số cơ quan khác cũng thấp ở {names}: đây là việc chung, cần cấp trên cùng gỡ.",
            f"At least half of the others are low in {names} too: a matter for all, to be solved from above as well.",
        )
    if own := [one for one in weak if one.is_own and one.others]:
        names = _codes(own, language)
        yield say(
            f"Chỉ thấp ở đây, các cơ quan khác làm được: {names}; nên hỏi cách làm của họ.",
            f"Low here while the others manage: {names}; ask how they do it.",
        )


def cost_sentence(costs: Sequence[ElementCost], decimals: int, language: str) -> str:
    """Say which element of satisfaction costs most points, and from which others it cannot be told apart."""
    return costliest_sentence(costs, decimals, language, is_mean=False)


def outlook_sentences(outlook: TargetOutlook, year: int, decimals: int, language: str) -> Iterator[str]:
    """Yield what the first k would take: points, chances now and with the road map of ``year``, what is left to win."""
    say, k = speaker(language), outlook.k
    needed = _points(outlook.needed, decimals, language)
    if outlook.needed:
        yield say(
            f"Để nằm trong nhóm {k} còn thiếu {needed} điểm, nếu điểm của mọi cơ quan khác giữ nguyên như kỳ này (bằng "
            "điểm cũng tính là trong nhóm).",
            f"{needed} points are lacking to be among the first {k}, everybody else's points as they stand (equal "
            "points count as among them).",
        )
    else:
        yield say(f"Theo kỳ này đã nằm trong nhóm {k}.", f"By this round it is among the first {k}.")
    yield say(
        f"Khả năng nằm trong nhóm {k} với điểm như hiện nay, tính cả sai số khảo sát: "
        f"{chance_words(outlook.chance_now, language)}.",
        f"The chance to be among the first {k} with the points as they are, given the survey's error: "
        f"{chance_words(outlook.chance_now, language)}.",
    )
    if outlook.planned:
        planned = _points(outlook.planned, decimals, language)
        yield say(
            f"Nếu lộ trình năm {year} mang lại đủ {planned} điểm kỳ vọng: "
            f"{chance_words(outlook.chance_with_plan, language)}.",
            f"If the road map of {year} brings all the {planned} points it expects: "
            f"{chance_words(outlook.chance_with_plan, language)}.",
        )
    else:
        yield say(
            f"Lộ trình năm {year} chưa có điểm kỳ vọng nào; hãy lập việc cho những tiêu chí mất điểm ở trên.",
            f"The road map of {year} expects no points yet; add tasks for the criteria above that cost points.",
        )
    yield from _certain(outlook, decimals, language)


def _certain(outlook: TargetOutlook, decimals: int, language: str) -> Iterator[str]:
    say, headroom = speaker(language), _points(outlook.headroom, decimals, language)
    likely, sure = (
        _enough(value, decimals, language) for value in (outlook.points_for_likely, outlook.points_for_nearly_sure)
    )
    yield say(
        f"Để khả năng đạt 80 % cần thêm {likely} điểm, để đạt 95 % cần thêm {sure} điểm.",
        f"A chance of 80% takes {likely} points more, one of 95% {sure} points more.",
    )
    if outlook.points_for_likely > outlook.headroom:
        yield say(
            f"Bộ tiêu chí chỉ còn {headroom} điểm chưa đạt, ít hơn mức đó: riêng sức mình chưa đủ, trừ khi cơ quan "
            "khác giảm điểm.",
            f"The rubric leaves only {headroom} points to win, fewer than that: own effort alone is not enough unless "
            "others fall.",
        )
    else:
        yield say(
            f"Số điểm còn có thể giành thêm theo bộ tiêu chí: {headroom}.",
            f"Points that the rubric leaves to win: {headroom}.",
        )


def assumption(language: str) -> str:
    """Say what the chances assume, and what they do not know."""
    return speaker(language)(
        "Giả định: mọi cơ quan khác giữ điểm như kỳ này, bộ tiêu chí không đổi. Chỉ tính sai số của khảo sát năm nay; "
        "điểm thẩm định được lấy đúng như đã chấm. Cơ quan khác cũng phấn đấu, nên đây là mức tối thiểu cần có.",
        "Assumed: all others keep the points of this round, and the rubric stays. Only this year's survey error is "
        "counted; appraised points stand as given. Others strive too, so this is the least that is needed.",
    )


def aim_words(aim: Aim | None, language: str) -> str:
    """Say an aim in a few words."""
    say = speaker(language)
    if aim is None:
        return say("chưa đặt", "none set")
    parts = []
    if aim.first_k is not None:
        parts.append(say(f"trong nhóm {aim.first_k}", f"among the first {aim.first_k}"))
    if aim.points is not None:
        said = exactly(aim.points, language)
        parts.append(say(f"từ {said} điểm", f"{said} points or more"))
    return say(" và ", " and ").join(parts)


def aim_sentence(standing: AimStanding, language: str) -> str:
    """Say where an agency stands against its aim: reached, or what is lacking; before its year is told, the way."""
    say, name = speaker(language), standing.round_name.text(language)
    draft = say(", bản nháp", ", a draft") if standing.is_draft else ""
    place = "" if standing.rank is None else say(
        f", đứng thứ {standing.rank}/{standing.of}", f", rank {standing.rank} of {standing.of}"
    )  # fmt: skip
    points = _points(standing.points, standing.decimals, language)
    where = say(f"Theo {name}{draft}: {points} điểm{place}", f"By {name}{draft}: {points} points{place}")
    lacking = lacking_words(standing, language)
    if not lacking:
        return f"{where}."
    if standing.is_judged:
        verdict = say("đạt mục tiêu", "aim reached") if standing.is_reached else lacking
        return f"{where}; {verdict}."
    start = say(
        f"kết quả năm {standing.year} chưa có, tính từ đây", f"there is no result of {standing.year} yet; from here"
    )
    return f"{where}; {start}: {lacking}."


def lacking_words(standing: AimStanding, language: str) -> str:
    """Say the points lacking to each part of an aim; empty where there is none or nothing can be said."""
    say, parts = speaker(language), []
    aim = standing.aim
    if aim is None:
        return ""
    for lacking, what in (
        (standing.lacking_rank, say(f"nhóm {aim.first_k}", f"the first {aim.first_k}")),
        (standing.lacking_points, say("mức điểm đề ra", "the points aimed at")),
    ):
        if lacking is None:
            continue
        said = _points(lacking, standing.decimals, language)
        if lacking:
            parts.append(say(f"còn thiếu {said} điểm tới {what}", f"{said} points lacking to {what}"))
        else:
            parts.append(say(f"đã đạt {what}", f"{what} reached"))
    return ", ".join(parts)


def sums_sentence(plan: RoadMap, language: str) -> str:
    """Say how many tasks there are, how many done and overdue, and the points they are to bring, by each round."""
    say, alive, rounds = speaker(language), len(plan.alive), plan.by_round
    if len(rounds) > 1:
        points = "; ".join(_points_by(one, language) for one in rounds if one.alive)
        return say(
            f"{alive} việc: {len(plan.done)} đã xong, {plan.overdue} quá hạn. Điểm kỳ vọng theo từng kỳ, không cộng "
            f"vào nhau: {points}.",
            f"{alive} {'task' if alive == 1 else 'tasks'}: {len(plan.done)} done, {plan.overdue} overdue. Points "
            f"expected by each round, not added up: {points}.",
        )
    expected, done = exactly(plan.expected, language), exactly(plan.expected_of_done, language)
    return say(
        f"{alive} việc: {len(plan.done)} đã xong, {plan.overdue} quá hạn. Điểm kỳ vọng {expected}, của việc đã xong "
        f"{done}.",
        f"{alive} {'task' if alive == 1 else 'tasks'}: {len(plan.done)} done, {plan.overdue} overdue. Points expected "
        f"{expected}, of what is done {done}.",
    )


def beside_sentence(plans: Sequence[RoadMap], language: str) -> str:
    """Say what a year has by other rounds; empty where it has nothing."""
    say, told = speaker(language), [one for one in plans if one.alive]
    if not told:
        return ""
    tasks, points = sum(len(one.alive) for one in told), "; ".join(_points_by(one, language) for one in told)
    return say(
        f"Ngoài ra có {tasks} việc theo kỳ khác, không tính vào kỳ này. Điểm kỳ vọng: {points}.",
        f"Besides, {tasks} {'task follows' if tasks == 1 else 'tasks follow'} from other rounds and count nothing "
        f"here. Points expected: {points}.",
    )


def _points_by(plan: RoadMap, language: str) -> str:
    name = plan.by.text(language) if plan.by else speaker(language)("không theo kỳ nào", "by no round")
    return f"{name} {exactly(plan.expected, language)}"


def chance_words(chance: float, language: str) -> str:
    """Write a chance in whole per cent; what is nearly nothing or nearly certain is said so."""
    say, sign = speaker(language), numbers.percent_sign(language)
    if chance < _HARDLY:
        return say(f"dưới 1{sign}", f"below 1{sign}")
    if chance > _ALMOST:
        return say(f"trên 99{sign}", f"above 99{sign}")
    number = numbers.count(floor(chance * 100 + 0.5), language)
    return say(f"khoảng {number}{sign}", f"about {number}{sign}")


def _points(value: Fraction | float, decimals: int, language: str) -> str:
    return numbers.points(float(value), language, decimals)


def _enough(value: float, decimals: int, language: str) -> str:
    """Write points that suffice: rounded up."""
    scale: int = 10**decimals
    return _points(ceil(round(value * scale, 6)) / scale, decimals, language)


def _codes(leaves: Sequence[LostLeaf], language: str) -> str:
    said = ", ".join(one.component.code for one in leaves[:_MOST])
    more = len(leaves) - _MOST
    return said + (speaker(language)(f" và {more} tiêu chí khác", f" and {more} more") if more > 0 else "")
