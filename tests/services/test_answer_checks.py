from __future__ import annotations

import pytest

from survey.services.answer_checks import LONGEST_COMMENT, Filled, Problem, check_fields, clean_text

ITEMS = ["a1", "b1", "o"]


def check(**fields: str) -> Filled:
    return check_fields(fields, items=ITEMS, services=["1.001"])


def test_ratings_and_no_opinion_are_kept_and_blanks_are_absent() -> None:
    filled = check(a1="5", b1="0", comment="Tốt", service="1.001", key="k")
    assert filled == Filled({"a1": 5, "b1": 0}, "Tốt", "1.001", "k", ())


@pytest.mark.parametrize("rating", ["6", "-1", "1.0", "năm", "", " 5", "05", "٥"])
def test_what_is_no_rating_is_told_at_its_question_and_the_others_are_kept(rating: str) -> None:
    filled = check(a1=rating, b1="4")
    assert filled.problems == (Problem("a1", "bad_rating"),)
    assert filled.answers == {"b1": 4}


def test_no_opinion_alone_is_not_an_answer() -> None:
    assert check(a1="0", b1="0", o="0").problems == (Problem("a1", "no_rating"),)


def test_an_empty_form_is_not_an_answer() -> None:
    assert check().problems == (Problem("a1", "no_rating"),)


def test_one_rating_is_an_answer() -> None:
    assert check(o="1").problems == ()


def test_an_unknown_item_is_told() -> None:
    assert check(a1="5", z9="5").problems == (Problem("", "unknown_item"),)


def test_a_service_of_another_counter_is_told_and_dropped() -> None:
    filled = check(a1="5", service="9.999")
    assert (filled.problems, filled.service) == ((Problem("service", "unknown_service"),), "")


def test_a_comment_that_is_too_long_is_told_and_kept() -> None:
    long = "ý" * (LONGEST_COMMENT + 1)
    filled = check(a1="5", comment=long)
    assert (filled.problems, filled.comment) == ((Problem("comment", "long_comment"),), long)


def test_a_comment_of_the_longest_length_with_line_ends_of_a_browser_fits() -> None:
    assert check(a1="5", comment="a\r\n" * 499 + "aa").problems == ()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Tốt \r\n lắm  ", "Tốt \n lắm"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("evil \u202etxt.exe\u202c", "evil txt.exe"),
        ("To\u0302\u0301t", "Tốt"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=HYPERLINK()", "=HYPERLINK()"),
    ],
)
def test_a_text_loses_what_could_deceive_and_nothing_else(written: str, kept: str) -> None:
    assert clean_text(written) == kept
