"""Whatever stands in a name, the document is made."""

from dataclasses import replace

import pytest

from survey.findings.values import Wording
from survey.rendering.pdf import agency_pdf
from survey.rendering.typesetting import _USUAL, _held, displayable
from tests.rendering.examples import agency_example
from tests.rendering.reading import pdf_text


def test_signs_that_no_font_has_are_replaced_and_all_others_stay() -> None:
    assert displayable("Quầy 1 \n“Đất đai” – 5 ≥ 3") == "Quầy 1 \n“Đất đai” – 5 ≥ 3"
    assert displayable("Cờ \U0001f3db\ufe0f 办事") == "Cờ � ��"


def test_what_is_usual_is_in_the_fonts() -> None:
    usual = {code for code in range(0x2100) if code != ord("\n") and _USUAL.fullmatch(chr(code))}
    assert usual - _held() == set()


@pytest.mark.parametrize("name", ["Sở \U0001f3db\ufe0f Nội vụ", "Sở 办事", "Sở ខ្មែរ"])
def test_a_report_is_made_whatever_signs_the_name_holds(name: str) -> None:
    example = agency_example()
    named = replace(example, agency=replace(example.agency, name=Wording(name, name)))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pdf_text(agency_pdf(named))
