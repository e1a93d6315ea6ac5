"""Comments: what a moderator may do, and when what he approved can be read."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from desk_fixtures import database, postgresql_province, province, sqlite_province
from desk_province import Province
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.responses import Comment
from survey.queries.comments import (
    COMMENTS_A_PAGE,
    MOST_COUNTED,
    count_comments,
    list_backlog,
    list_batches,
    list_comments,
)
from survey.queries.scope import get_scope
from survey.services.comments import CommentError, Decision, moderate_comment

__all__ = ["database", "postgresql_province", "province", "sqlite_province"]
MODERATOR = uuid4()


def write(session: Session, agency: UUID, *texts: str, month: str = "2026-11") -> list[UUID]:
    comments = [Comment(agency_id=agency, id=uuid4(), month=month, text=text) for text in texts]
    session.add_all(comments)
    session.flush()
    return [comment.id for comment in comments]


def decide(
    session: Session, agency: UUID, comment: UUID, state: str = "approved", *, seen: str = "waiting", **words: str
) -> None:
    text = words.get("shown", session.get_one(Comment, (agency, comment)).text)
    decision = Decision(comment, seen, state, text, words.get("reason", ""))
    moderate_comment(session, session.get_one(Agency, agency), decision, by=MODERATOR)


def batches(session: Session, agency: UUID) -> list[tuple[str, ...]]:
    return [batch.texts for batch in list_batches(session, agency_id=agency).batches]


def test_four_approved_comments_are_not_read_and_five_are(session: Session, province: Province) -> None:
    ids = write(session, province.health, *"abcde")
    for comment in ids[:4]:
        decide(session, province.health, comment)
    assert batches(session, province.health) == []

    decide(session, province.health, ids[4])

    assert [sorted(batch) for batch in batches(session, province.health)] == [list("abcde")]


def test_the_next_comments_wait_for_a_batch_of_their_own(session: Session, province: Province) -> None:
    for comment in write(session, province.health, *"abcdefghi"):
        decide(session, province.health, comment)

    assert [len(batch) for batch in batches(session, province.health)] == [5]
    assert count_comments(session, agency_id=province.health, state="approved", in_no_batch=True) == 4


def test_neither_the_order_of_arrival_nor_that_of_decisions_can_be_read(session: Session, province: Province) -> None:
    ids = write(session, province.health, *"abcde")
    for comment in reversed(ids):
        decide(session, province.health, comment)

    texts = dict(zip(ids, "abcde", strict=True))
    # That of the random ids, the same at every look.
    assert batches(session, province.health) == [tuple(texts[key] for key in sorted(ids))]
    assert batches(session, province.health) == batches(session, province.health)
    # No column holds a time but the month of the answer.
    assert {column.name for column in Comment.__table__.columns} == {
        "agency_id", "id", "month", "text", "state", "shown_text", "batch", "reason", "moderated_by",
    }  # fmt: skip


def test_comments_of_two_agencies_never_share_a_batch(session: Session, province: Province) -> None:
    for agency, texts in ((province.health, "abc"), (province.commune, "de")):
        for comment in write(session, agency, *texts):
            decide(session, agency, comment)

    assert batches(session, province.health) == batches(session, province.commune) == []


def test_no_comment_read_before_fills_a_new_batch(session: Session, province: Province) -> None:
    ids = write(session, province.health, *"abcdefghij")
    for comment in ids[:5]:
        decide(session, province.health, comment)
    decide(session, province.health, ids[0], "hidden", seen="approved", reason="Nêu tên một người")
    assert [sorted(batch) for batch in batches(session, province.health)] == [list("bcde")]

    decide(session, province.health, ids[5])
    assert [sorted(batch) for batch in batches(session, province.health)] == [list("bcde")]

    decide(session, province.health, ids[0], seen="hidden")
    assert [sorted(batch) for batch in batches(session, province.health)] == [list("abcde")]
    for comment in ids[6:]:
        decide(session, province.health, comment)
    assert [sorted(batch) for batch in batches(session, province.health)] == [list("fghij"), list("abcde")]


def test_a_batch_hidden_as_a_whole_is_not_mixed_with_the_next(session: Session, province: Province) -> None:
    ids = write(session, province.health, *"abcdefghij")
    for comment in ids[:5]:
        decide(session, province.health, comment)
    for comment in ids[:5]:
        decide(session, province.health, comment, "hidden", seen="approved", reason="Trùng")
    assert batches(session, province.health) == []
    hidden = list_comments(session, agency_id=province.health, state="hidden")
    assert [line.id for line in hidden.lines] == sorted(ids[:5])

    for comment in ids[5:]:
        decide(session, province.health, comment)
    decide(session, province.health, ids[0], seen="hidden")

    assert [sorted(batch) for batch in batches(session, province.health)] == [list("fghij"), ["a"]]


def test_a_batch_of_which_retention_left_four_is_not_read(session: Session, province: Province) -> None:
    ids = write(session, province.health, *"abcde")
    for comment in ids:
        decide(session, province.health, comment)
    session.delete(session.get_one(Comment, (province.health, ids[0])))
    session.flush()

    assert batches(session, province.health) == []


def test_what_is_read_is_the_masked_text(session: Session, province: Province) -> None:
    ids = write(session, province.health, "Anh Nam tốt", *"bcde")
    decide(session, province.health, ids[0], shown="Anh [che] tốt")
    for comment in ids[1:]:
        decide(session, province.health, comment)

    assert "Anh [che] tốt" in batches(session, province.health)[0]
    assert "Nam" not in str(batches(session, province.health))


@pytest.mark.parametrize(
    ("state", "words", "told"),
    [
        ("approved", {"shown": "Anh Nam rất tốt"}, "không được sửa lời người dân"),
        ("approved", {"shown": "[che]"}, "Che hết thì không còn gì để đọc"),
        ("hidden", {"reason": " "}, "Hãy ghi lý do ẩn"),
        ("hidden", {"reason": "x" * 301}, "tối đa 300 ký tự"),
        ("", {}, "Hãy chọn hiện hoặc ẩn"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_with_the_remedy(
    session: Session, province: Province, state: str, words: dict[str, str], told: str
) -> None:
    (comment,) = write(session, province.health, "Anh Nam cau có")

    with pytest.raises(CommentError) as refusal:
        decide(session, province.health, comment, state, **words)

    assert told in refusal.value.vi
    assert refusal.value.en
    assert session.get_one(Comment, (province.health, comment)).state == "waiting"


def test_the_second_of_two_moderators_is_told(session: Session, province: Province) -> None:
    (comment,) = write(session, province.health, "a")
    decide(session, province.health, comment)

    with pytest.raises(CommentError) as refusal:
        decide(session, province.health, comment, "hidden", reason="Trùng")

    assert "Người khác vừa duyệt" in refusal.value.vi
    assert session.get_one(Comment, (province.health, comment)).state == "approved"


def test_a_comment_that_is_gone_or_another_agency_s_is_refused(session: Session, province: Province) -> None:
    (comment,) = write(session, province.commune, "a")

    for key in (comment, uuid4()):
        decision = Decision(key, "waiting", "approved", "a", "")
        with pytest.raises(CommentError):
            moderate_comment(session, session.get_one(Agency, province.health), decision, by=MODERATOR)


def test_the_audit_knows_the_decision_and_no_word_of_the_comment(session: Session, province: Province) -> None:
    first, second = write(session, province.health, "Bí mật một", "Bí mật hai")
    decide(session, province.health, first)
    decide(session, province.health, second, "hidden", reason="Xúc phạm")

    verbs = select(AuditEntry).where(AuditEntry.verb.startswith("comment.")).order_by(AuditEntry.position)
    entries = session.scalars(verbs).all()
    assert [(entry.verb, entry.agency_id, entry.details.get("reason")) for entry in entries] == [
        ("comment.approved", province.health, None),
        ("comment.hidden", province.health, "Xúc phạm"),
    ]
    told = str([(entry.subject, entry.details) for entry in entries])
    assert "Bí mật" not in told
    assert str(first) not in told


def test_a_moderator_sees_a_page_at_a_time_and_every_comment_once(session: Session, province: Province) -> None:
    ids = write(session, province.health, *(f"số {number}" for number in range(COMMENTS_A_PAGE + 3)))

    first = list_comments(session, agency_id=province.health, state="waiting")
    second = list_comments(session, agency_id=province.health, state="waiting", after=first.following)

    assert (len(first.lines), len(second.lines), second.following) == (COMMENTS_A_PAGE, 3, None)
    assert [line.id for line in (*first.lines, *second.lines)] == sorted(ids)


def test_many_comments_cost_no_more_than_few(session: Session, province: Province) -> None:
    def asked() -> int:
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(session.get_bind(), "before_cursor_execute", note)
        list_batches(session, agency_id=province.health)
        list_comments(session, agency_id=province.health, state="waiting")
        list_backlog(session, get_scope(session, official_id=province.director))
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return count

    def approve(batch: int) -> None:
        ids = write(session, province.health, *"abcde")
        session.execute(
            update(Comment)
            .where(Comment.agency_id == province.health, Comment.id.in_(ids))
            .values(state="approved", shown_text="x", batch=batch)
        )

    for batch in range(1, 7):
        approve(batch)
    few = asked()
    for batch in range(7, 30):
        approve(batch)
    write(session, province.health, *["x"] * (MOST_COUNTED + 20))
    assert asked() == few

    assert len(list_batches(session, agency_id=province.health).batches) == 4
    assert count_comments(session, agency_id=province.health, state="waiting") == MOST_COUNTED


def test_the_backlog_holds_the_agencies_that_the_official_stands_above(session: Session, province: Province) -> None:
    write(session, province.health, "a", "b")
    write(session, province.commune, "c")

    above = list_backlog(session, get_scope(session, official_id=province.director))

    assert [(line.name, line.waiting) for line in above.lines] == [("Sở Y tế", 2), ("Xã Đông Hà", 1)]
    assert session.scalar(select(func.count()).where(Comment.agency_id == province.health)) == 2
