"""Small editions and waves for tests that need fieldwork but not the built-in questionnaires."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.editions import content_sha256
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.waves import WavePlan, plan_wave

METHOD: dict[str, Any] = {
    "code": "share-2026",
    "statistic": "share",
    "aggregation": "pooled",
    "confidence_level": 0.95,
    "smallest_n_shown": 10,
    "smallest_n_index": 30,
    "points": {"source": "test", "maximum_per_part": "2.00", "decimals": 2, "rounding": "truncate"},
}


def add_editions(session: Session, *items: str) -> tuple[QuestionnaireEdition, MethodEdition]:
    """Add a questionnaire of one element a given item, the last being the overall question, and a method."""
    content = {
        "questionnaire": "test",
        "edition": "-".join(items),
        "title": _text("Phiếu"),
        "elements": [
            {"code": f"e-{item}", "name": _text(item), "items": [{"code": item, "text": _text(item)}]}
            for item in items[:-1]
        ],
        "overall": {"code": items[-1], "text": _text(items[-1])},
    }
    questionnaire = QuestionnaireEdition(
        questionnaire="test",
        edition=content["edition"],
        content=content,
        sha256=content_sha256(content),
        published_on=date(2020, 1, 1),
    )
    method = MethodEdition(code=METHOD["code"], content=METHOD, sha256=content_sha256(METHOD))
    session.add_all([questionnaire, method])
    session.flush()
    return questionnaire, method


def add_wave(session: Session, agency: Agency, code: str = "W", **plan: Any) -> Wave:
    """Plan a counter wave over the year 2026 with the editions that are there, or with new ones."""
    questionnaire = session.query(QuestionnaireEdition).first()
    method = session.query(MethodEdition).first()
    if questionnaire is None or method is None:
        questionnaire, method = add_editions(session, "q1", "q2", "overall")
    days = {"opens_on": date(2026, 1, 1), "closes_on": date(2026, 12, 31)}
    fields = {"name": f"Đợt {code}", "sample_kind": "self_selected", "index_year": 2026, **days, **plan}
    return plan_wave(
        session,
        WavePlan(code=code, **fields),
        agency=agency,
        questionnaire_edition=questionnaire,
        method_edition=method,
    )


def _text(words: str) -> dict[str, str]:
    return {"vi": words, "en": words}
