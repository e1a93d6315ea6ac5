from __future__ import annotations

import pytest

from survey.models.editions import Question
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


OPTIONS = ({"vi": "Một"}, {"vi": "Hai"}, {"vi": "Ba"})
VISITS = Question("visits", "perception", {"vi": "Số lần"}, OPTIONS)
WHY = Question("why", "reasons", {"vi": "Vì sao"}, OPTIONS)


def ask(fields: dict[str, str]) -> Filled:
    return check_fields({"a1": "3", **fields}, items=ITEMS, services=[], questions=[VISITS, WHY])


def test_a_question_that_is_not_rated_is_kept_by_the_number_of_its_option_and_may_be_blank() -> None:
    assert ask({"visits": "3"}).answers == {"a1": 3, "visits": 3}
    assert ask({"visits": "0"}).answers == {"a1": 3, "visits": 0}
    assert ask({}).answers == {"a1": 3}


def test_reasons_are_kept_as_a_bit_mask() -> None:
    filled = ask({"why.1": "1", "why.3": "1"})
    assert filled.answers == {"a1": 3, "why": 0b101}
    assert WHY.chosen(filled.answers["why"]) == (1, 3)


@pytest.mark.parametrize("rating", ["1", "5"])
def test_the_same_reasons_may_be_chosen_beside_any_rating(rating: str) -> None:
    assert ask({"a1": rating, "why.2": "1"}).problems == ()


@pytest.mark.parametrize("value", ["4", "-1", "", "x", "01"])
def test_an_option_that_does_not_exist_is_told_at_its_question(value: str) -> None:
    assert ask({"visits": value}).problems == (Problem("visits", "bad_rating"),)


def test_a_reason_that_does_not_exist_or_is_no_tick_is_told() -> None:
    assert ask({"why.4": "1"}).problems == (Problem("", "unknown_item"),)
    assert ask({"why.1": "2"}).problems == (Problem("why", "bad_rating"),)


def test_answers_beside_the_ratings_alone_are_no_rating() -> None:
    filled = check_fields({"visits": "1"}, items=ITEMS, services=[], questions=[VISITS])
    assert filled.problems == (Problem("a1", "no_rating"),)
