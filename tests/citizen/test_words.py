from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from survey.citizen.words import ORIGINAL, Words, read_words, words_of
from survey.services.wording import BUILT_IN, read_catalogues

TAGS = sorted(path.stem for path in BUILT_IN.glob("*.toml"))
DAY = date(2026, 11, 21)
KHMER = """
[text]
send = { text = "ផ្ញើ", status = "reviewed" }
withdraw_until = { text = "រហូតដល់ {day}", status = "reviewed" }
comment = { text = "មតិ <b>", status = "draft" }
"""


def khmer(tmp_path: Path, *, switched_on: str = "") -> Words:
    folder = tmp_path / "wording"
    folder.mkdir()
    (folder / "km.toml").write_text(KHMER, encoding="utf-8")
    return read_words(tmp_path, switched_on=switched_on)["km"]


def test_vietnamese_stands_first() -> None:
    assert next(iter(words_of(read_catalogues()))) == ORIGINAL


def test_without_translations_only_vietnamese_and_english_are_offered() -> None:
    assert [words.tag for words in words_of(read_catalogues()).values() if words.is_offered] == ["vi", "en"]


def test_an_operator_switches_languages_on(tmp_path: Path) -> None:
    words = read_words(tmp_path, switched_on="km, cjm")
    assert [tag for tag in words if words[tag].is_offered] == ["vi", "cjm", "en", "km"]


def test_one_reviewed_string_makes_a_language_offer_itself(tmp_path: Path) -> None:
    assert khmer(tmp_path).is_offered


def test_a_reviewed_string_is_shown_as_it_is(tmp_path: Path) -> None:
    assert khmer(tmp_path).say("send") == "ផ្ញើ"


def test_a_missing_string_is_vietnamese_and_says_so(tmp_path: Path) -> None:
    assert khmer(tmp_path).say("no_service") == '<span lang="vi" class="f">Không chọn</span>'


def test_a_draft_is_not_shown_unless_the_operator_wants_it(tmp_path: Path) -> None:
    assert 'lang="vi" class="f"' in khmer(tmp_path).say("comment")


def test_a_draft_that_is_shown_is_marked_and_harmless(tmp_path: Path) -> None:
    said = khmer(tmp_path, switched_on="km").say("comment")
    assert said == 'មតិ &lt;b&gt; <mark lang="vi">nháp</mark>'


def test_what_a_citizen_typed_is_harmless_in_every_sentence(tmp_path: Path) -> None:
    for said in (
        khmer(tmp_path).say("mistyped", code="<b>"),
        words_of(read_catalogues())["vi"].say("mistyped", code="<b>"),
    ):
        assert "<b>" not in said


@pytest.mark.parametrize("tag", TAGS)
def test_a_day_is_written_in_every_language_and_never_raises(tag: str) -> None:
    words = words_of(read_catalogues())
    expected = "21 November 2026" if tag == "en" else "21/11/2026"
    assert expected in words[tag].say("withdraw_until", day=DAY)


def test_a_day_is_written_in_the_language_of_its_sentence(tmp_path: Path) -> None:
    words = khmer(tmp_path)
    assert words.say("withdraw_until", day=DAY) == "រហូតដល់ 21 វិច្ឆិកា 2026"
    assert "21/11/2026" in words.say("planned", day=DAY)  # not translated, so in Vietnamese as a whole


def test_wording_of_an_edition_falls_back_string_by_string(tmp_path: Path) -> None:
    words = khmer(tmp_path)
    assert words.choose({"vi": "Chờ", "km": "រង់ចាំ"}).__html__() == "រង់ចាំ"
    assert words.choose({"vi": "Chờ"}).__html__() == '<span lang="vi" class="f">Chờ</span>'
