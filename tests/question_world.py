"""The small world with questions that are not rated: visits, wishes, sex, age and reasons."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from small_world import OPENS, QUESTIONNAIRE, World, small_world
from survey.models.editions import content_sha256
from survey.models.questionnaire import QuestionnaireEdition


def text(words: str) -> dict[str, str]:
    return {"vi": words, "en": f"{words} (en)"}


SECTIONS: list[dict[str, Any]] = [
    {
        "code": "experience",
        "kind": "perception",
        "name": text("Đã gặp"),
        "questions": [{"code": "visits", "text": text("Số lần đến"), "options": [text("Một"), text("Nhiều")]}],
    },
    {
        "code": "wishes",
        "kind": "expectation",
        "name": text("Mong muốn"),
        "options": [text(f"Mức {level}") for level in range(1, 5)],
        "questions": [{"code": "w1", "text": text("Nhanh hơn")}],
    },
    {
        "code": "why",
        "kind": "reasons",
        "name": text("Vì sao"),
        "questions": [{"code": "why", "text": text("Lý do"), "options": [text("Giờ"), text("Chỗ"), text("Người")]}],
    },
    {
        "code": "about",
        "kind": "demographic",
        "name": text("Về Ông/Bà"),
        "questions": [
            {"code": "sex", "text": text("Giới tính"), "options": [text("Nam"), text("Nữ"), text("Khác")]},
            {"code": "people", "text": text("Dân tộc"), "asked": False, "options": [text("Kinh"), text("Khác")]},
        ],
    },
]
CONTENT = {**QUESTIONNAIRE, "questionnaire": "asking", "sections": SECTIONS}


def question_world(session: Session) -> World:
    """Make the small world with the wave ``Q``, which asks all of it."""
    world = small_world(session)
    edition = QuestionnaireEdition(
        questionnaire="asking", edition="1", content=CONTENT, sha256=content_sha256(CONTENT), published_on=OPENS
    )
    session.add(edition)
    session.flush()
    world.add_wave("Q", questionnaire=edition)
    return world
