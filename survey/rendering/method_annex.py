"""The method annex: what a reader must know to judge, and an inspector to recompute, the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.annual_tables import weakest_sample
from survey.rendering.blocks import Block, Bullets, Heading
from survey.rendering.numbers import count
from survey.rendering.words import WEIGHTINGS, Say, interval_label, speaker, whole_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.chosen_values import ChosenComparison
    from survey.findings.values import AgencyFindings, AnnualFindings


def agency_method(findings: AgencyFindings, language: str) -> Iterator[Block]:
    """Compose the annex of an agency's report: the questions as they were asked, then the rules."""
    say = speaker(language)
    yield Heading(2, say("Câu hỏi, nguyên văn", "Questions, as worded"))
    worded = [item.wording.text(language) for element in findings.elements for item in element.items]
    if findings.overall_question:
        worded.append(findings.overall_question.wording.text(language))
    yield Bullets(tuple(worded))
    yield Heading(2, say("Cách tính", "How figures are made"))
    label = interval_label(findings.wave.sample_kind, findings.confidence_level, language)
    yield Bullets(
        (
            *_estimation(label, findings.weighting, say, language),
            _suppression(findings.smallest_n, say, language),
            _said_alike(say),
            say(
                "Điểm được tính theo quy tắc của phiên bản phương pháp tại ước lượng, và tại hai đầu khoảng tin cậy "
                "của tổng chưa làm tròn.",
                "Points follow the rule of the method edition at the estimate, and at both ends of the interval of the "
                "unrounded total.",
            ),
        )
    )
    yield from _limits(findings.wave.sample_kind, say)


def annual_method(findings: AnnualFindings, language: str) -> Iterator[Block]:
    """Compose the annex of the annual summary."""
    say, level = speaker(language), whole_percent(findings.confidence_level, language)
    kind = weakest_sample(findings)
    label = interval_label(kind, findings.confidence_level, language)
    smallest = count(findings.smallest_n_index, language)
    if findings.items:
        yield Heading(2, say("Câu hỏi, nguyên văn", "Questions, as worded"))
        yield Bullets(tuple(item.wording.text(language) for element in findings.items for item in element.items))
        yield Heading(2, say("Cách tính", "How figures are made"))
    yield Bullets(
        (
            *_estimation(label, findings.weighting, say, language),
            _suppression(findings.smallest_n, say, language),
            *_suppression_and_change(say),
            say(
                f"Chỉ xếp hạng cơ quan có ít nhất {smallest} người trả lời; cùng tỷ lệ thì cùng hạng.",
                f"Only agencies with at least {smallest} respondents are ranked; equal shares have equal ranks.",
            ),
            say(
                f"Tập hạng: các hạng không bị loại trừ ở độ tin cậy {level}, đồng thời cho mọi cơ quan (Mogstad, "
                f"Romano, Shaikh và Wilhelm, 2024); mầm ngẫu nhiên {findings.seed}.",
                f"Rank set: the ranks not excluded at {level} confidence, for all agencies at once (Mogstad, Romano, "
                f"Shaikh and Wilhelm, 2024); random seed {findings.seed}.",
            ),
            say(
                "Biến động hạng chỉ được gọi là thật khi tập hạng của hai năm không giao nhau; ngược lại báo cáo ghi "
                "“không phân biệt được”.",
                "A movement in rank is called real only where the rank sets of both years do not overlap; otherwise "
                "the report says “cannot be told apart”.",
            ),
            say(
                f"Điểm: {findings.points_rule.vi}; nêu tại ước lượng và tại hai đầu khoảng tin cậy của tổng chưa làm "
                "tròn.",
                f"Points: {findings.points_rule.en}; given at the estimate and at both ends of the interval of the "
                "unrounded total.",
            ),
        )
    )
    yield from _limits(kind, say)


def comparison_method(findings: ChosenComparison, language: str) -> Iterator[Block]:
    """Compose the annex of a comparison of agencies."""
    say, kind = speaker(language), findings.wave.sample_kind
    label = interval_label(kind, findings.confidence_level, language)
    yield Bullets(
        (
            *_estimation(label, findings.weighting, say, language),
            _suppression(findings.smallest_n, say, language),
            say(
                "Chênh lệch giữa hai cơ quan: khoảng Newcombe từ hai khoảng Wilson (mẫu độc lập); khoảng tin cậy chồng "
                "lên nhau không phải là phép kiểm định.",
                "Difference of two agencies: Newcombe’s interval from both Wilson intervals (independent samples); "
                "overlapping intervals are not a test.",
            ),
            say(
                "Kết luận giữ đồng thời cho mọi cặp (Holm, 1979) và chỉ nêu khi đợt đã đóng.",
                "Verdicts hold for all pairs together (Holm, 1979) and are given only once the wave is closed.",
            ),
        )
    )
    yield from _limits(kind, say)


def _estimation(label: str, weighting: str, say: Say, language: str) -> Iterator[str]:
    yield say(
        "Tỷ lệ hài lòng: số lượt đánh giá mức 4 và 5 chia cho số lượt đánh giá từ 1 đến 5; “không có ý kiến” không "
        "phải là đánh giá. Yếu tố và kết quả chung gộp mọi câu hỏi, mỗi câu như nhau; câu hỏi “nhìn chung” đứng riêng.",
        "Share satisfied: ratings of 4 and 5 over ratings of 1 to 5; “no opinion” is not a rating. Elements and the "
        "whole pool all questions alike; the question “all in all” stands by itself.",
    )
    yield say(
        f"Mọi khoảng đều là {label}. Sai số tính theo người trả lời, không theo từng lượt đánh giá.",
        f"Every interval is a {label}. Errors are those of respondents, not of single ratings.",
    )
    weighted = WEIGHTINGS[weighting].text(language)
    yield say(f"Cách gộp: {weighted}.", f"Weighting: {weighted}.")
    yield say(
        "Phiếu bỏ trống một số câu vẫn được tính ở các câu đã trả lời; n của mỗi số liệu là số người có đánh giá ở đó.",
        "Answers that leave questions blank count where a question was answered; the n of a figure are the respondents "
        "with a rating in it.",
    )
    yield say(
        "Kiểm tra chất lượng: phần mềm đánh dấu phiếu gửi dồn dập, ngoài giờ làm việc hoặc lặp lại cùng một mẫu; chỉ "
        "loại khi cán bộ nêu quy tắc và lý do, và mọi phiếu bị loại đều được đếm trong báo cáo này.",
        "Quality checks: the software marks answers that come in bursts, outside opening hours or in one repeated "
        "pattern; they are left out only where an official names the rule and the reason, and this report counts all "
        "of them.",
    )


def _said_alike(say: Say) -> str:
    return say(
        "Trong các bảng theo lĩnh vực, kênh, mã một lần, quầy, ngôn ngữ và nhóm người trả lời, nhóm dưới mức được xếp "
        "hạng mà ai cũng hài lòng, hoặc không ai hài lòng, cũng không nêu: nếu nêu thì biết mỗi người đã trả lời gì.",
        "In the tables by field, channel, one-time code, counter, language and group of respondents, a group that is "
        "too small to be ranked and satisfied as one, or not at all, is not told either: it would tell what each said.",
    )


def _suppression_and_change(say: Say) -> Iterator[str]:
    yield _said_alike(say)
    yield say(
        "Ẩn bổ sung: nếu lấy tổng trừ các phần đã nêu mà tìm ra một phần bị ẩn thì phần nhỏ kế tiếp cũng bị "
        "ẩn; đơn vị phải ẩn không cộng vào tổng.",
        "Complementary suppression: where a total less the parts shown would give a withheld part away, the "
        "next smallest part is withheld too; a unit that is withheld adds nothing to the total.",
    )
    yield say(
        "Thay đổi: khoảng Newcombe cho hai mẫu độc lập; kết luận của các cơ quan giữ đồng thời (quy tắc Holm), "
        "của các yếu tố cũng vậy. Không so sánh khi phiếu, phương pháp, cách lấy mẫu hoặc địa bàn đã khác.",
        "Change: Newcombe’s interval for independent samples; the verdicts of agencies hold together (Holm’s "
        "rule), and so do those of elements. Nothing is compared where the questionnaire, the method, the "
        "kind of sample or the territory is another one.",
    )


def _suppression(smallest_n: int, say: Say, language: str) -> str:
    smallest = count(smallest_n, language)
    return say(
        f"Dưới {smallest} người trả lời thì không nêu số liệu (“không đủ số liệu”).",
        f"Below {smallest} respondents no figure is given (“not enough data”).",
    )


def _limits(sample_kind: str, say: Say) -> Iterator[Block]:
    yield Heading(2, say("Giới hạn", "Limits"))
    limits = [
        say(
            "Kết quả không phải Chỉ số SIPAS do Bộ Nội vụ công bố và không thay cho chỉ số đó.",
            "The results are not the SIPAS index of the Ministry of Home Affairs and do not stand in for it.",
        ),
        say(
            "Sai số do câu chữ, do người trả lời e ngại hoặc bị tác động không nằm trong khoảng tin cậy.",
            "Errors from wording, from fear or from pressure on respondents are not part of the interval.",
        ),
    ]
    if sample_kind == "self_selected":
        limits.insert(
            1,
            say(
                "Người trả lời tự quyết định tham gia: kết quả có thể khác với ý kiến của tất cả người đã giao dịch, "
                "dù có bao nhiêu phiếu.",
                "Respondents chose to take part themselves: the result may differ from the opinion of all who were "
                "served, however many answers there are.",
            ),
        )
    yield Bullets(tuple(limits))
