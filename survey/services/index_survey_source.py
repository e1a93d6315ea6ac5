"""A round takes its satisfaction from a survey of its own year; from another only with a reason."""

from __future__ import annotations

from survey.models.index_rounds import IndexRound
from survey.models.survey_source import NamedSurvey
from survey.services.errors import RoundError


def refuse_other_year(round_: IndexRound, survey: NamedSurvey) -> None:
    """Refuse a survey of another year that nobody gave a reason for.

    Raises:
        RoundError: Likewise.

    """
    if survey.year != round_.year and not survey.reason:
        raise RoundError(
            vi=f"“{survey.name}” là kết quả năm {survey.year}, kỳ này đánh giá năm {round_.year}; hãy đánh dấu ô dùng "
            f"kết quả năm {survey.year} và ghi lý do, hoặc chọn kết quả của đúng năm.",
            en=f"“{survey.name_en}” is of {survey.year}, and this round is of {round_.year}; tick the box that takes "
            f"results of {survey.year} and give the reason, or choose those of the right year.",
        )
