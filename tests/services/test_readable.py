from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.services.readable import readable

DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    "sign", [*DIRECTIONS, *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u3164\U000e0041\ue000\uffff"]
)
def test_what_nobody_sees_is_gone(sign: str) -> None:
    assert readable(f"Sở{sign} Y{sign} tế") == "Sở Y tế"


@pytest.mark.parametrize(
    "text",
    [
        "ខ្ញុំ\u200bពេញចិត្ត",  # Khmer parts its words by a space of no width
        "\U0001f469\u200d\U0001f467",  # a mother with her daughter
        "\u2764\ufe0f\u200d\U0001f525",
        "Được phục vụ “rất tốt” – 100 %",
        "ꨀꨇꩉ ꨌꩌ",
        "ꪎꪳ ꪼꪕ",
    ],
)
def test_what_a_script_or_a_picture_needs_stays(text: str) -> None:
    assert readable(text) == unicodedata.normalize("NFC", text)


@given(st.text(st.one_of(st.characters(), st.sampled_from(DIRECTIONS + "\u200b\u200d\u1780\U0001f469\u0302\u034fa"))))
def test_a_readable_text_stays_as_it_is(text: str) -> None:
    once = readable(text)

    assert readable(once) == once
    assert not set(once) & set(DIRECTIONS)
